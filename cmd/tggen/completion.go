package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"strings"
)

const completionHelp = `Add the line for your shell to its start-up file:

  bash   source <(tggen completion bash)
  zsh    source <(tggen completion zsh)
  fish   tggen completion fish | source`

// completion prints a script that is made from the table of commands. The script does not call tggen.
func completion(*flag.FlagSet) action {
	return func(args []string, s streams) int {
		write, ok := map[string]func(io.Writer){"bash": completeBash, "zsh": completeZsh, "fish": completeFish}[args[0]]
		if !ok {
			return fail(s, fmt.Errorf("there is no completion for %s; use bash, zsh or fish", args[0]))
		}
		var script bytes.Buffer
		write(&script)
		return printed(s, script.Bytes())
	}
}

// A word is something that may be typed, with its description.
type word struct{ text, about string }

// A flagWord is a flag of a command.
type flagWord struct {
	word
	values []string // the values that it accepts; nil means any
	isFile bool
}

func commandWords() []word {
	words := []word{{"help", "print the help of a command"}}
	for _, c := range commands() {
		words = append(words, word{c.name, c.short})
	}
	return words
}

func (c command) flagWords() []flagWord {
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	c.setup(f)
	var words []flagWord
	f.VisitAll(func(one *flag.Flag) {
		name, about := flag.UnquoteUsage(one)
		w := flagWord{word: word{"-" + one.Name, about}, isFile: name == "FILE"}
		if ch, ok := one.Value.(*choice); ok {
			w.values = ch.of
		}
		words = append(words, w)
	})
	return words
}

// argumentWords returns the arguments that a command accepts. Nil means a file, if the command has an argument.
func (c command) argumentWords() []string {
	if c.name == "completion" {
		return []string{"bash", "zsh", "fish"}
	}
	return nil
}

func texts(words []word) string {
	var all []string
	for _, w := range words {
		all = append(all, w.text)
	}
	return strings.Join(all, " ")
}

func completeBash(w io.Writer) {
	fmt.Fprintf(w, `# bash completion for tggen
_tggen() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=generate words= i
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} != -* ]]; then command=${COMP_WORDS[i]}; fi
		break
	done
	COMPREPLY=()
	if ((COMP_CWORD == 1)) && [[ $word != -* ]]; then
		COMPREPLY=($(compgen -W %q -- "$word"))
		return
	fi
	case "$command $before" in
`, texts(commandWords()))
	for _, c := range commands() {
		for _, f := range c.flagWords() {
			switch {
			case f.isFile:
				fmt.Fprintf(w, "\t%q) compopt -o default; return ;;\n", c.name+" "+f.text)
			case f.values != nil:
				fmt.Fprintf(w, "\t%q) words=%q ;;\n", c.name+" "+f.text, strings.Join(f.values, " "))
			default:
				fmt.Fprintf(w, "\t%q) return ;;\n", c.name+" "+f.text)
			}
		}
	}
	fmt.Fprintf(w, "\t\"help \"*) words=%q ;;\n\t*)\n\t\tcase $command in\n", texts(commandWords()[1:]))
	for _, c := range commands() {
		words := []string{}
		for _, f := range c.flagWords() {
			words = append(words, f.text)
		}
		fmt.Fprintf(w, "\t\t%s) words=%q", c.name, strings.Join(append(words, c.argumentWords()...), " "))
		if c.maxArgs > 0 && c.argumentWords() == nil {
			fmt.Fprint(w, "; [[ $word == -* ]] || compopt -o default")
		}
		fmt.Fprint(w, " ;;\n")
	}
	fmt.Fprint(w, `		esac
		[[ $word == -* || $command == completion ]] || return ;;
	esac
	COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _tggen tggen
`)
}

// quoteZsh escapes a text that stands in single quotes, and the characters that have a meaning for _arguments.
func quoteZsh(text string) string {
	return strings.NewReplacer("'", `'\''`, "[", `\[`, "]", `\]`, ":", `\:`).Replace(text)
}

func completeZsh(w io.Writer) {
	fmt.Fprint(w, "#compdef tggen\n_tggen() {\n\tlocal -a commands\n\tcommands=(\n")
	for _, c := range commandWords() {
		fmt.Fprintf(w, "\t\t'%s:%s'\n", c.text, quoteZsh(c.about))
	}
	fmt.Fprint(w, `	)
	if ((CURRENT == 2)) && [[ $PREFIX != -* ]]; then
		_describe command commands
		return
	fi
	local command=generate
	if [[ $words[2] != -* ]]; then
		command=$words[2]
		words=("${words[1]}" "${(@)words[3,-1]}")
		((CURRENT--))
	fi
	case $command in
	help) ((CURRENT == 2)) && _describe command commands ;;
`)
	for _, c := range commands() {
		fmt.Fprintf(w, "\t%s)\n\t\t_arguments", c.name)
		for _, f := range c.flagWords() {
			action := ""
			switch {
			case f.isFile:
				action = "_files"
			case f.values != nil:
				action = "(" + strings.Join(f.values, " ") + ")"
			}
			fmt.Fprintf(w, " \\\n\t\t\t'%s[%s]:%s:%s'", f.text, quoteZsh(f.about), strings.TrimPrefix(f.text, "-"), action)
		}
		if c.maxArgs > 0 {
			action := "_files"
			if words := c.argumentWords(); words != nil {
				action = "(" + strings.Join(words, " ") + ")"
			}
			fmt.Fprintf(w, " \\\n\t\t\t'1:%s:%s'", strings.ToLower(strings.Trim(c.args, "[]")), action)
		}
		fmt.Fprint(w, "\n\t\t;;\n")
	}
	fmt.Fprint(w, "\tesac\n}\nif [[ $funcstack[1] == _tggen ]]; then _tggen \"$@\"; else compdef _tggen tggen; fi\n")
}

func completeFish(w io.Writer) {
	quote := func(text string) string { return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'" }
	fmt.Fprint(w, "# fish completion for tggen\n")
	all := texts(commandWords())
	for _, c := range commandWords() {
		fmt.Fprintf(w, "complete -c tggen -f -n 'not __fish_seen_subcommand_from %s' -a %s -d %s\n", all, c.text, quote(c.about))
	}
	fmt.Fprintf(w, "complete -c tggen -f -n '__fish_seen_subcommand_from help' -a %s\n", quote(texts(commandWords()[1:])))
	for _, c := range commands() {
		when := "__fish_seen_subcommand_from " + c.name
		if c.name == "generate" { // tggen without a command generates
			when += "; or not __fish_seen_subcommand_from " + all
		}
		for _, f := range c.flagWords() {
			fmt.Fprintf(w, "complete -c tggen -n %s -o %s -d %s -r", quote(when), strings.TrimPrefix(f.text, "-"), quote(f.about))
			switch {
			case f.values != nil:
				fmt.Fprintf(w, " -f -a %s", quote(strings.Join(f.values, " ")))
			case f.isFile:
				fmt.Fprint(w, " -F")
			default:
				fmt.Fprint(w, " -f")
			}
			fmt.Fprint(w, "\n")
		}
		switch words := c.argumentWords(); {
		case words != nil:
			fmt.Fprintf(w, "complete -c tggen -f -n %s -a %s\n", quote(when), quote(strings.Join(words, " ")))
		case c.maxArgs > 0:
			fmt.Fprintf(w, "complete -c tggen -F -n %s\n", quote(when))
		default:
			fmt.Fprintf(w, "complete -c tggen -f -n %s\n", quote(when))
		}
	}
}
