package plan

import (
	"fmt"

	"github.com/tggen/tggen/gen/usercode"
)

// imports are the packages that signatures name.
var imports = map[string]string{
	"context":  "context",
	"gotgbot":  "github.com/PaulSonOfLars/gotgbot/v2",
	"telegram": "github.com/tggen/tggen/runtime/telegram",
}

// Imports are the paths of the packages that signatures name, by what they are called there.
func Imports() map[string]string { return imports }

// Signature is what the method must be, as a Go function type with names for its parameters.
func (m Method) Signature() string {
	const event = "ctx context.Context, ev *telegram.Event"
	switch m.Role {
	case RoleHandler:
		return fmt.Sprintf("func(ctx context.Context, in *%s) error", m.Handler.Input())
	case RoleConstraint:
		return "func(u *gotgbot.Update) []string"
	case RolePredicate:
		return "func(" + event + ") bool"
	case RoleMiddleware:
		return "func(" + event + ", next func(context.Context) error) error"
	case RoleOnError:
		return "func(" + event + ", err error)"
	case RoleOnTimeout:
		return "func(" + event + ")"
	default:
		return "func(" + event + ", usage *telegram.UsageError) error"
	}
}

// Wanted are the signatures that the methods must have, by name.
func (p *Plan) Wanted() map[string]usercode.Signature {
	wanted := make(map[string]usercode.Signature, len(p.Methods))
	for _, m := range p.Methods {
		s, err := usercode.Parse(m.Signature(), imports)
		if err != nil {
			panic(err) // the texts above are fixed, but for the name of a type
		}
		wanted[m.Name.Value] = s
	}
	return wanted
}
