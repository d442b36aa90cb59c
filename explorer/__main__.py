import gc
import sys

from explorer.cli.parser import main

status = main()
# or Python would look for garbage among all that torch imported, a third of a second, before it ends
gc.freeze()
sys.exit(status)
