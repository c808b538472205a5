package cli

import (
	"bufio"
	"os"
	"strings"
)

// Cgroup2Mount is where the hierarchy of cgroups of version 2 is mounted, "" where it is not.
func Cgroup2Mount() (string, error) {
	f, err := os.Open("/proc/self/mounts")
	if err != nil {
		return "", err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if words := strings.Fields(lines.Text()); len(words) > 2 && words[2] == "cgroup2" {
			return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(words[1]), nil
		}
	}
	return "", lines.Err()
}
