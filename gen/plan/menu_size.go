package plan

import (
	"fmt"

	"github.com/tggen/tggen/gen/diag"
)

// maxMenu is the most commands that setMyCommands takes: https://core.telegram.org/bots/api#setmycommands
const maxMenu = 100

// checkMenu finds commands for which the menu has no room. Telegram would refuse the whole menu.
func (r *resolver) checkMenu() {
	menu := r.plan.Menu()
	if len(menu) <= maxMenu {
		return
	}
	first := menu[maxMenu]
	d := fault(r, CodeLongMenu, first.Description, "delete the description of commands that need not be in the menu",
		"the menu has %d commands, and Telegram takes %d: this is the first for which there is no room", len(menu), maxMenu)
	d.Related = []diag.Related{{Pos: menu[maxMenu-1].Description.Pos, Message: fmt.Sprintf("the last of the %d", maxMenu)}}
}
