package tc

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netlink/desc"
)

// useNames has classes be shown with their names, with -nm.
func useNames(c *cli.Command) error {
	if !c.ClsNames {
		return nil
	}
	names := map[uint32]string{}
	if c.ClsFile != "" {
		if err := readNames(c.ClsFile, names); err != nil {
			return failed("Can't open class names file: %s", c.ClsFile)
		}
	}
	for _, file := range []string{"/etc/iproute2/tc_cls", "/usr/share/iproute2/tc_cls"} {
		if err := readNames(file, names); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	c.Out.ClassName = func(h uint32) string { return names[h] }
	return nil
}

// readNames reads lines of a handle and a name; others are skipped.
func readNames(file string, names map[uint32]string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if w := strings.Fields(line); len(w) == 2 {
			if h, ok := desc.ParseClassID(w[0]); ok {
				names[h] = w[1]
			}
		}
	}
	return nil
}
