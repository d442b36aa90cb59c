from explorer.ui.learn.teach import teach

teach("bound")
