package spec

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// This file guesses what people meant by a value that the spec does not allow, from what other frameworks and languages write.

// alternatives matches what people write between several values in one text.
var alternatives = regexp.MustCompile(`\s*(?:\|\|?|&&?|,|;|\s(?:or|and|OR|AND)\s)\s*`)

// parts splits a text that has several values in it. The list is empty if it has only one, or if one does not match the form.
func parts(text string, form *regexp.Regexp) []string {
	if len(text) > 500 {
		return nil
	}
	all := alternatives.Split(strings.Trim(text, " []()"), -1)
	if len(all) < 2 {
		return nil
	}
	for _, part := range all {
		if !form.MatchString(part) {
			return nil
		}
	}
	return all
}

// writeList is the hint to write several values as a list.
func writeList(values []string) string {
	for i, value := range values {
		if strings.HasPrefix(value, "!") || strings.HasPrefix(value, ":") {
			values[i] = `"` + value + `"`
		}
	}
	return "write a list: [" + strings.Join(values, ", ") + "]"
}

var (
	notWord = regexp.MustCompile(`(?i)\bnot\s+|!\s+`)
	orWord  = regexp.MustCompile(`(?i)\||\sor\s`)
)

var predicateForm = regexp.MustCompile("^!?" + methodPattern[1:])

// predicateHint says how to write what people write as a condition in code. It is empty for any other text.
func predicateHint(text string) string {
	plain := strings.TrimSuffix(strings.TrimSpace(text), "()")
	switch name, negated := strings.CutPrefix(plain, "not "); {
	case negated && methodRegexp.MatchString(strings.TrimSpace(name)):
		return `write "!` + strings.TrimSpace(name) + `"`
	case strings.HasPrefix(plain, "! ") && methodRegexp.MatchString(strings.TrimSpace(plain[2:])):
		return `write "!` + strings.TrimSpace(plain[2:]) + `"`
	case plain != text && predicateForm.MatchString(plain):
		return "write " + plain
	}
	all := parts(notWord.ReplaceAllString(text, "!"), predicateForm)
	if all == nil {
		return ""
	}
	if !orWord.MatchString(text) {
		return writeList(all) + "; all of them must hold"
	}
	for i, name := range all {
		all[i] = strings.ReplaceAll(name, "!", "Not")
	}
	return "predicates cannot be joined by or: write one method that decides it, such as " + strings.Join(all, "Or")
}

// commandHint says how to write what people write for a command.
func commandHint(text string) string {
	if all := parts(strings.ReplaceAll(text, "/", ""), commandPattern); all != nil {
		return writeList(all)
	}
	name := strings.TrimLeft(text, "/!.")
	if name != text && commandPattern.MatchString(name) {
		return "write " + name + ": the prefix is not a part of it; for prefixes other than / use the key prefixes"
	}
	if before, _, found := strings.Cut(name, "@"); found && commandPattern.MatchString(before) {
		return "write " + before + ": the bot's name is not a part of it"
	}
	if words := strings.Fields(name); len(words) > 1 && commandPattern.MatchString(words[0]) {
		hint := fmt.Sprintf("a command is one word: write `command: %s`", words[0])
		argument := strings.Trim(words[1], "<>[]{}().…")
		if argument != words[1] && fieldName.MatchString(argument) {
			return hint + fmt.Sprintf(" and `args: [%s: string]`", argument)
		}
		if commandPattern.MatchString(strings.Join(words, "_")) {
			return hint + fmt.Sprintf(", and args for the words after it; or %s; or [%s] for several commands",
				strings.Join(words, "_"), strings.Join(words, ", "))
		}
		return hint + ", and args for the words after it"
	}
	if word := strings.TrimSpace(name); !isASCII(word) && len(word) < 100 && !strings.ContainsAny(word, " \t\n") {
		return "Telegram's commands have the letters a to z only; for this word, write `text: {is: " + word + "}` instead of command"
	}
	return lowerHint(text, "a command has 1 to 32 characters: letters a to z, digits and _")
}

var (
	telebotQuery = regexp.MustCompile(`^(?:tele\.|telebot\.)?On([A-Z][A-Za-z]*)$`)
	filterObject = regexp.MustCompile(`^(?:F|filters?|Filters?|message|Message)\.([A-Za-z_]+)$`)
)

// queryHint says how to write what people write for a filter query.
func queryHint(text string) string {
	if len(text) > 200 {
		return "write up to three words with colons between, like message:entities:url"
	}
	if all := parts(strings.ToLower(text), queryRegexp); all != nil {
		// message:photo|video: the beginning is meant for all.
		if i := strings.LastIndexByte(all[0], ':'); i >= 0 {
			for j := range all {
				if !strings.Contains(all[j], ":") {
					all[j] = all[0][:i+1] + all[j]
				}
			}
		}
		return writeList(all)
	}
	if match := telebotQuery.FindStringSubmatch(text); match != nil {
		return telebotHint(match[1])
	}
	if match := filterObject.FindStringSubmatch(text); match != nil {
		return "did you mean message:" + strings.ToLower(match[1]) + "?"
	}
	lower := strings.ToLower(strings.ReplaceAll(text, " ", ""))
	switch {
	case text == "*" || text == "**":
		return "no query matches every update: list the kinds, such as [message, callback_query]"
	case strings.HasPrefix(text, "/") && commandPattern.MatchString(text[1:]):
		return "write `command: " + text[1:] + "` instead of on"
	case lower != text && len(lower) < 60 && queryRegexp.MatchString(lower):
		return "did you mean " + lower + "?"
	case queryRegexp.MatchString(strings.ReplaceAll(lower, ".", ":")):
		return "did you mean " + strings.ReplaceAll(lower, ".", ":") + "?"
	}
	return "write up to three words with colons between, like message:entities:url"
}

// telebotHint is the filter query for an endpoint of telebot, such as OnPhoto.
func telebotHint(endpoint string) string {
	switch endpoint {
	case "Callback":
		return "did you mean callback_query?"
	case "Query":
		return "did you mean inline_query?"
	case "Edited":
		return "did you mean edited_message?"
	case "ChannelPost":
		return "did you mean channel_post?"
	case "UserJoined":
		return "did you mean message:new_chat_members?"
	case "UserLeft":
		return "did you mean message:left_chat_member?"
	}
	var snake strings.Builder
	for i, letter := range endpoint {
		if i > 0 && letter >= 'A' && letter <= 'Z' {
			snake.WriteByte('_')
		}
		snake.WriteRune(letter)
	}
	return "did you mean message:" + strings.ToLower(snake.String()) + "?"
}

// looksLikePattern matches callback data that people write for several data: with a wildcard, as a regular expression, or with
// a placeholder of another language. The data are taken letter by letter, so that no button would ever match.
var looksLikePattern = regexp.MustCompile(`\*$|\.[*+]|^\^|\\[dwsDWS]|\(\?|\[[^\]]+\][*+]|<[A-Za-z_]\w*>|%[dsvq]\b|\$[A-Za-z_]\w*|^/.*/[a-z]*$`)

// slashes matches a regular expression of JavaScript, with its flags.
var slashes = regexp.MustCompile(`^/(.+)/([gimsuy]*)$`)

// slashesHint says how Go writes a regular expression of JavaScript.
func slashesHint(text string) string {
	match := slashes.FindStringSubmatch(text)
	flags := ""
	for _, flag := range match[2] {
		if flag == 'i' || flag == 'm' || flag == 's' {
			flags += string(flag)
		}
	}
	if flags != "" {
		flags = "(?" + flags + ")"
	}
	return "write it without the slashes: " + quote(flags+match[1]) + "; for a slash in the text, write [/]"
}

// typeHint says how to write a type that is written as in another language. It is empty if the text resembles none.
func typeHint(text string) string {
	plain := strings.ToLower(strings.TrimSpace(text))
	optional, isOptional := strings.CutPrefix(plain, "?")
	pointer, isPointer := strings.CutPrefix(plain, "*")
	switch {
	case isOptional && knownType(optional):
		return "write " + optional + "?"
	case isPointer && knownType(pointer):
		return "write " + pointer + "?"
	case strings.HasPrefix(plain, "[]"), strings.HasPrefix(plain, "..."), strings.HasSuffix(plain, "..."), strings.HasSuffix(plain, "[]"),
		strings.HasPrefix(plain, "list"):
		return "write rest for all the text that is left, and split it in the handler"
	}
	return ""
}

func knownType(name string) bool {
	for _, kind := range typeKinds {
		if kind == name {
			return true
		}
	}
	return false
}

// units are words for units of time.
var units = map[string]time.Duration{
	"ms": time.Millisecond, "msec": time.Millisecond, "millis": time.Millisecond, "millisecond": time.Millisecond, "s": time.Second, "sec": time.Second,
	"second": time.Second, "m": time.Minute, "min": time.Minute, "minute": time.Minute, "h": time.Hour, "hr": time.Hour, "hour": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "w": 7 * 24 * time.Hour, "week": 7 * 24 * time.Hour,
}

var amount = regexp.MustCompile(`^([0-9]{1,6}) ?([A-Za-z]+)$`)

// durationHint says how to write a duration, of at most max, that is written in another way.
func durationHint(text string, max time.Duration) string {
	if match := amount.FindStringSubmatch(text); match != nil {
		word := strings.ToLower(match[2])
		unit, ok := units[word]
		if !ok {
			unit, ok = units[strings.TrimSuffix(word, "s")]
		}
		var number time.Duration
		if _, err := fmt.Sscan(match[1], &number); ok && err == nil && number*unit <= max {
			return "write " + durationText(number*unit)
		}
	}
	return "write it like 500ms, 30s or 1h30m"
}

// noLimit reports whether people mean by a value that there is no time-out.
func noLimit(node *yaml.Node) bool {
	switch strings.ToLower(node.Text) {
	case "0", "0s", "-1", "false", "no", "never", "off", "null", "infinite", "inf", "unlimited", "disabled":
		return true
	}
	return false
}

// constraintHabits are names that people write for built-in constraints.
var constraintHabits = map[string]string{
	"chatid": ConstraintChat, "chats": ConstraintChat, "group": ConstraintChat, "ctx.chat.id": ConstraintChat, "ctx.chat": ConstraintChat,
	"userid": ConstraintUser, "users": ConstraintUser, "from": ConstraintUser, "fromid": ConstraintUser, "sender": ConstraintUser, "ctx.from.id": ConstraintUser,
	"ctx.from": ConstraintUser, "thread": ConstraintTopic, "threadid": ConstraintTopic, "topicid": ConstraintTopic, "messagethreadid": ConstraintTopic,
	"forum": ConstraintTopic, "member": ConstraintChatUser, "userchat": ConstraintChatUser, "chatmember": ConstraintChatUser,
	"no": ConstraintNone, "off": ConstraintNone, "parallel": ConstraintNone,
}

// builtInConstraint returns the built-in constraint that a name stands for, whatever its case and underscores.
func builtInConstraint(text string) string {
	plain := strings.ToLower(strings.ReplaceAll(text, "_", ""))
	for _, name := range builtInConstraints {
		if strings.ReplaceAll(name, "_", "") == plain {
			return name
		}
	}
	return ""
}

// chatHabits are words for the kinds of chat.
var chatHabits = map[string]string{
	"dm": "private", "pm": "private", "direct": "private", "user": "private", "users": "private", "private_chat": "private", "privatechat": "private",
	"bot": "private", "groupchat": "group, supergroup", "group_chat": "group, supergroup", "chat": "group, supergroup", "forum": "supergroup",
	"megagroup": "supergroup", "super_group": "supergroup", "broadcast": "channel", "post": "channel",
}

// chatHint says how to write a kind of chat. It is empty for a text that is no word for one.
func chatHint(text string) string {
	lower := strings.ToLower(text)
	if all := parts(lower, updateKind.pattern); all != nil {
		return writeList(all)
	}
	if lower == "all" || lower == "any" || lower == "*" || lower == "both" {
		return "delete the key: without it, the handler is for all chats"
	}
	if kind := chatHabits[lower]; kind != "" {
		return "write " + kind
	}
	return ""
}
