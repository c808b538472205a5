package wire

import "fmt"

// errno has no counterpart on Plan 9: error numbers only come from a fake
// kernel there.
func errno(n int32) error { return fmt.Errorf("errno %d", n) }

func noSuchObject(error) bool { return false }

func isENOBUFS(error) bool { return false }
