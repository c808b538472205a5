package peer

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
)

// ModuleDirs are where modules are.
func ModuleDirs(modules ...string) ([]string, error) {
	var dirs []string
	for _, m := range modules {
		if out, err := Output("go", "mod", "download", "-json", m); err != nil && m != "kern.sys" {
			return nil, fmt.Errorf("%w: %s", err, out)
		}
		out, err := Output("go", "list", "-m", "-f", "{{.Dir}}", m)
		if err != nil {
			return nil, err
		}
		dirs = append(dirs, strings.TrimSpace(out))
	}
	return dirs, nil
}

// Output runs a program. What it says is part of the error where it fails.
func Output(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, &stderr)
	}
	return string(out), nil
}
