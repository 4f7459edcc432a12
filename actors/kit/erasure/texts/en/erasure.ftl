ask_sure = This cannot be undone.
asked = All right. Your data is being deleted; you will get one last message in a few seconds.
asked_already = Your data is being deleted already. You will get one last message when that is done.
erased = Your data is deleted. Should you like to come back, press /start, and we will begin afresh.
button_erase = 🗑 Delete my data
button_erase_yes = 🗑 Yes, delete it
button_keep = Keep everything
