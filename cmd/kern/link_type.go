package main

import (
	"fmt"

	"kern.sys/internal/arphrd"
)

// linkTypeName is the name of a link-layer type, [772] with -Numeric or where
// it has none.
func (s *session) linkTypeName(typ uint16) string {
	if name, ok := arphrd.Name(typ); ok && !s.numeric {
		return name
	}
	return fmt.Sprintf("[%d]", typ)
}
