import gc
import sys

from explorer.cli import main

status = main()
gc.freeze()  # or Python would look for garbage among all that torch imported, a third of a second, before it ends
sys.exit(status)
