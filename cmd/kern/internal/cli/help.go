package cli

import (
	"slices"
	"strings"
)

// help is the error that shows the program's usage.
func (s *Session) help() error {
	switch {
	case s.HelpOut:
		s.Out.Raw(s.Program.Help())
		return s.Flush()
	case s.Program.Help != nil && s.Status == StatusUsage:
		return &usage{s.Program.Help()}
	}
	if s.Program.Help != nil {
		return Exit(0, "%s", strings.TrimSuffix(s.Program.Help(), "\n"))
	}
	var names []string
	for _, o := range s.Objects() {
		names = append(names, o.Name)
	}
	slices.Sort(names)
	return &usage{UsageText(s.Name, `
[ OPTIONS ] OBJECT { COMMAND | help }
[ -force ] -batch FILE
`) + "where  OBJECT := { " + Fold(names, " | ", "                   ", 76) + ` }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[esolve] |
                    -h[uman-readable] | -iec | -j[son] | -p[retty] |
                    -f[amily] { inet | inet6 | mpls | bridge | link } |
                    -4 | -6 | -M | -B | -0 |
                    -l[oops] ATTEMPTS | -br[ief] | -o[neline] |
                    -t[imestamp] | -ts[hort] | -b[atch] FILE | -force |
                    -rc[vbuf] BYTES | -n[etns] NAME | -N[umeric] | -a[ll] |
                    -c[olor][={ always | auto | never }] }
`}
}

// Fold joins words with sep into lines of at most width, of which all but the
// first begin with indent.
func Fold(words []string, sep, indent string, width int) string {
	var b strings.Builder
	at := len(indent)
	for i, w := range words {
		if i != 0 {
			if at+len(sep)+len(w) > width {
				b.WriteString(strings.TrimRight(sep, " ") + "\n" + indent)
				at = len(indent)
			} else {
				b.WriteString(sep)
				at += len(sep)
			}
		}
		b.WriteString(w)
		at += len(w)
	}
	return b.String()
}
