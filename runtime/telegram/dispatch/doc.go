// Package dispatch is what a generated bot.gen.go calls: it matches commands, reads the arguments of commands, and encodes and parses
// callback data. An author does not need it, except for what [ReplyUsage] and [Entities] do.
package dispatch
