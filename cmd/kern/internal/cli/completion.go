package cli

import (
	"strings"
)

// CompletionObject is the object that prints the scripts by which shells complete
// commands, and answers what they ask.
func CompletionObject() Object {
	return Object{
		Name: "completion", Run: runCompletion, Brief: "scripts for shells to complete commands",
		Usage: func() string {
			return `
completion { bash | zsh | fish }
completion words [ WORD ]...
`
		},
	}
}

func runCompletion(c *Command) error {
	script := func(text string) func(*Command) error {
		return func(c *Command) error {
			if c.More() {
				return NoWord("completion "+c.Last(), c.Peek())
			}
			_, err := c.Stdout.Write([]byte(strings.ReplaceAll(strings.TrimPrefix(text, "\n"), "PROGRAM", c.Name)))
			return err
		}
	}
	return c.Choose((*Command).ShowUsage,
		Verb{Name: "bash", Run: script(bashScript)},
		Verb{Name: "zsh", Run: script(zshScript)},
		Verb{Name: "fish", Run: script(fishScript)},
		Verb{Name: "words", Run: completeWords},
	)
}

// completeWords prints what the last of the words may become, a line each.
func completeWords(c *Command) error {
	words := c.Rest
	if len(words) == 0 {
		words = []string{""}
	}
	s := NewSession(c.Program, c.Stdin, c.Stdout, c.Stderr)
	defer s.Close()
	for _, w := range s.complete(words) {
		c.Out.Raw(w + "\n")
	}
	return nil
}

// The scripts ask the program itself, so that they know its objects, the kinds, and the devices and
// existing namespaces.
const (
	bashScript = `
# bash completion for PROGRAM: source <(PROGRAM completion bash)
_PROGRAM() {
	mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" completion words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _PROGRAM PROGRAM
`
	zshScript = `
#compdef PROGRAM
# zsh completion for PROGRAM: source <(PROGRAM completion zsh), or a file _PROGRAM in a directory of $fpath
_PROGRAM() {
	local -a candidates
	candidates=("${(@f)$("${words[1]}" completion words "${(@)words[2,CURRENT]}" 2>/dev/null)}")
	candidates=(${candidates:#})
	if (( $#candidates )); then
		compadd -- "${candidates[@]}"
	else
		_files
	fi
}
if [ "$funcstack[1]" = _PROGRAM ]; then
	_PROGRAM "$@"
else
	compdef _PROGRAM PROGRAM
fi
`
	fishScript = `
# fish completion for PROGRAM: PROGRAM completion fish | source
function __PROGRAM_words
	set -l tokens (commandline -opc) (commandline -ct)
	$tokens[1] completion words $tokens[2..-1] 2>/dev/null
end
complete -c PROGRAM -f -a '(__PROGRAM_words)'
`
)
