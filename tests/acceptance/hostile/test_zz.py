import subprocess,sys
from tests.acceptance.hostile.conftest import *
def test_x(stack):
    print(subprocess.run([sys.executable,"/tmp/clients.py",str(stack.service.port)],capture_output=True,text=True))
    for l in stack.service.said().splitlines():
        if "nhandled" in l or "raceback" in l: print(l[:3000])
