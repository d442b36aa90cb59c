from explorer.ui.learn.teach import teach

teach("second_stage")
