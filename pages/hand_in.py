from explorer.ui.learn.assignment import show_hand_in

show_hand_in()
