package plan

import (
	"fmt"
	"slices"

	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/gen/usercode"
)

// Role is what a method of the author's type is for.
type Role int

// The roles.
const (
	RoleHandler Role = iota
	RoleConstraint
	RolePredicate
	RoleFind
	RoleMiddleware
	RoleOnError
	RoleOnTimeout
	RoleOnUsage
	RoleExpiry
	RoleMigration
)

// String is the role in words, as diagnostics name it.
func (r Role) String() string {
	switch r {
	case RoleHandler:
		return "a handler"
	case RoleConstraint:
		return "a constraint"
	case RolePredicate:
		return "a predicate"
	case RoleFind:
		return "a find"
	case RoleMiddleware:
		return "a middleware"
	case RoleOnError:
		return "on_error"
	case RoleOnTimeout:
		return "on_timeout"
	case RoleExpiry:
		return "the handler of a time-out"
	case RoleMigration:
		return "a migration"
	default:
		return "on_usage"
	}
}

// A Method is a method that the author's type must have.
type Method struct {
	Name spec.String
	Role Role
	// Handler is the handler of a RoleHandler.
	Handler *Handler
	// Type is the Go type that a RoleFind returns.
	Type string
	// Expiry is the time-out of a RoleExpiry.
	Expiry *Expiry
	// Session is the session of a RoleMigration.
	Session *Session
}

// methods lists what the author's type must have.
func (r *resolver) methods() {
	add := func(name spec.String, role Role, h *Handler) {
		if !name.IsSet() || slices.ContainsFunc(r.plan.Methods, func(m Method) bool { return m.Name.Value == name.Value }) {
			return
		}
		r.plan.Methods = append(r.plan.Methods, Method{Name: name, Role: role, Handler: h})
	}
	addConstraints := func(c *spec.Constraints) {
		if c == nil {
			return
		}
		list := slices.Clone(c.Default)
		for _, k := range c.ByKind {
			list = append(list, k.Constraints...)
		}
		for _, one := range list {
			if one.Method {
				add(one.Name, RoleConstraint, nil)
			}
		}
	}
	for _, h := range r.plan.Handlers {
		add(h.Name, RoleHandler, h)
	}
	for _, e := range r.plan.Expiries {
		before := len(r.plan.Methods)
		if add(e.Name, RoleExpiry, nil); len(r.plan.Methods) > before {
			r.plan.Methods[before].Expiry = e
		}
	}
	addConstraints(r.spec.Constraints)
	for _, s := range r.plan.Sessions {
		if s.Key.Method {
			add(s.Key.Name, RoleConstraint, nil)
		}
		if before := len(r.plan.Methods); s.Version.Value > 1 {
			if add(s.Migration(), RoleMigration, nil); len(r.plan.Methods) > before {
				r.plan.Methods[before].Session = s
			}
		}
	}
	for _, h := range r.plan.Handlers {
		addConstraints(h.Handler.Constraints)
		for _, p := range h.Where {
			add(p.Name, RolePredicate, nil)
		}
		for _, f := range h.Find {
			before := len(r.plan.Methods)
			if add(f.Method(), RoleFind, nil); len(r.plan.Methods) > before {
				r.plan.Methods[before].Type = f.Type.Value
			}
		}
	}
	for _, m := range r.spec.Middleware {
		add(m, RoleMiddleware, nil)
	}
	add(r.spec.OnError, RoleOnError, nil)
	add(r.spec.OnTimeout, RoleOnTimeout, nil)
	add(r.spec.OnUsage, RoleOnUsage, nil)
}

// imports are the packages that signatures name.
var imports = map[string]string{
	"context":  "context",
	"json":     "encoding/json",
	"gotgbot":  "github.com/PaulSonOfLars/gotgbot/v2",
	"telegram": "github.com/tggen/tggen/runtime/telegram",
}

// ImportPath is the path of a package that signatures name.
func ImportPath(name string) string { return imports[name] }

// Signature is what the method must be, as a Go function type with names for its parameters.
func (m Method) Signature() string {
	const event = "ctx context.Context, ev *telegram.Event"
	switch m.Role {
	case RoleHandler:
		result := "error"
		if m.Handler.Guard != nil && len(m.Handler.Guard.To) > 0 {
			result = "(" + m.Handler.ToType() + ", error)"
		}
		return fmt.Sprintf("func(ctx context.Context, in *%s) %s", m.Handler.Input(), result)
	case RoleExpiry:
		return fmt.Sprintf("func(ctx context.Context, in *%s) error", m.Expiry.Input())
	case RoleMigration:
		if len(m.Session.States) > 0 {
			return "func(version int, state string, data json.RawMessage) (" + m.Session.Type() + ", error)"
		}
		return "func(version int, data json.RawMessage) (" + m.Session.Type() + ", error)"
	case RoleConstraint:
		return "func(u *gotgbot.Update) []string"
	case RolePredicate:
		return "func(" + event + ") bool"
	case RoleFind:
		return "func(" + event + ") (" + m.Type + ", bool, error)"
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
			panic(err) // only names of types vary, and the spec's parser has checked them
		}
		wanted[m.Name.Value] = s
	}
	return wanted
}
