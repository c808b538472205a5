package ip

import (
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/arphrd"
)

// linkTypeName is the name of a link-layer type, [772] with -Numeric or where
// it has none.
func linkTypeName(s *cli.Session, typ uint16) string {
	if name, ok := arphrd.Name(typ); ok && !s.Numeric {
		return name
	}
	return fmt.Sprintf("[%d]", typ)
}
