from explorer.ui.learn.teach import teach

teach("closing_gap")
