from explorer.ui.learn.assignment import show_check

show_check()
