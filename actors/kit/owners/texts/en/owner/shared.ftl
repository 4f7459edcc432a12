not_done = Not done. { $problem }
only_owners = Only an owner of the shop may do this.
nothing_here = There is nothing here yet.
needs_text = A text is needed now. Changed your mind: /cancel
near = { " " }Did you mean { $near }?
in_language =
    { $language ->
        [ru] in Russian
        [en] in English
       *[rest] { $name }
    }
button_back = ↩️ Back
button_refresh = 🔄 Refresh
button_no = No
button_previous = ◀️
button_next = ▶️
