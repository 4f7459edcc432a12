"""What those who run the shop see, a file a theme. Pure: the same facts make the same screen; all that comes
from people or the catalogue is escaped here.
"""
