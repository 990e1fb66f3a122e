package plan

import (
	"fmt"

	"github.com/tggen/tggen/gen/diag"
)

// maxMenu is the most commands that setMyCommands takes: https://core.telegram.org/bots/api#setmycommands
const maxMenu = 100

// checkMenu finds commands for which a menu has no room. Telegram would refuse the whole menu.
func (r *resolver) checkMenu() {
	for _, menu := range r.plan.Menus() {
		if len(menu.Commands) <= maxMenu {
			continue
		}
		first, last := menu.Commands[maxMenu].Handler, menu.Commands[maxMenu-1].Handler
		d := fault(r, CodeLongMenu, first.Description.String, "delete the description of commands that need not be in the menu",
			"the menu%s has %d commands, and Telegram takes %d: this is the first for which there is no room",
			map[MenuScope]string{ScopePrivate: " of private chats", ScopeGroup: " of groups"}[menu.Scope], len(menu.Commands), maxMenu)
		d.Related = []diag.Related{{Pos: last.Description.Pos, Message: fmt.Sprintf("the last of the %d", maxMenu)}}
		return // the other menus have mostly the same commands
	}
}
