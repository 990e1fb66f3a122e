package script

import (
	"go/token"
	"go/types"
	"strconv"
	"unicode"
)

// names gives each variable of the test a name of its own.
type names map[string]bool

// newNames returns the names that the test needs for itself.
func newNames() names {
	taken := names{}
	for _, name := range []string{"t", "bot", "server", "expectMedia", "expectCalls", "gotgbot", "process", "testing", "tgtest", "time"} {
		taken[name] = true
	}
	return taken
}

// A name has more words than it should if it is shorter than this, in runes.
const minName = 3

// maxName is the length of a name in runes.
const maxName = 24

// pick makes a variable's name of at most the first n words of a text. If the text has no word that can be one, it is the other name.
func (n names) pick(text string, words int, other string) string {
	name := camel(text, words)
	if name == "" {
		name = other
	} else if token.IsKeyword(name) || types.Universe.Lookup(name) != nil || name == "init" || name == "main" {
		name += string(unicode.ToUpper(rune(other[0]))) + other[1:]
	}
	free := name
	for i := 2; n[free]; i++ {
		free = name + strconv.Itoa(i)
	}
	n[free] = true
	return free
}

// camel joins the first words of a text to a name in camel case. What is no letter and no digit separates words, but a combining
// mark, which no name can have, is left out. It is empty if there is no word that begins with a letter.
func camel(text string, words int) string {
	var name []rune
	count, inWord := 0, false
	for _, r := range text {
		switch {
		case r == unicode.ReplacementChar:
			inWord = false
		case unicode.IsLetter(r):
			if !inWord {
				if count >= words && len(name) >= minName {
					return string(name)
				}
				count++
			}
			switch {
			case len(name) == 0 || inWord:
				r = unicode.ToLower(r)
			default:
				r = unicode.ToUpper(r)
			}
			name, inWord = append(name, r), true
		case unicode.IsDigit(r) && inWord:
			name = append(name, r)
		case unicode.IsMark(r):
		case (r == '\'' || r == '’') && inWord:
		default:
			inWord = false
		}
		if len(name) == maxName {
			break
		}
	}
	if len(name) > maxName {
		name = name[:maxName]
	}
	return string(name)
}
