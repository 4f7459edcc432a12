import argparse
from importlib import resources

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=1)
parser.add_argument("--config", default="none")
parser.add_argument("names", nargs="*")
arguments = parser.parse_args()
greeting = resources.files(__package__).joinpath("greeting.txt").read_text().strip()
