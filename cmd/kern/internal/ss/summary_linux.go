package ss

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// summary prints how many sockets there are in the namespace of the calling thread: ss -s.
func summary(w io.Writer) error {
	n := counts{}
	for file, must := range map[string]bool{"sockstat": true, "sockstat6": false} { // a kernel may be without IPv6
		if err := n.read(file); err != nil && (must || !errors.Is(err, fs.ErrNotExist)) {
			return err
		}
	}
	established, err := snmpNumber("Tcp:", "CurrEstab")
	if err != nil {
		return err
	}
	hashed4, hashed6 := n["TCP inuse"], n["TCP6 inuse"]
	fmt.Fprintf(w, "Total: %d\n", n["sockets used"])
	fmt.Fprintf(w, "TCP:   %d (estab %d, closed %d, orphaned %d, timewait %d)\n\n", n["TCP alloc"]+n["TCP tw"],
		established,
		n["TCP alloc"]-(hashed4+hashed6-n["TCP tw"]), n["TCP orphan"], n["TCP tw"])
	fmt.Fprintf(w, "Transport Total     IP        IPv6\n")
	line := func(name string, v4, v6 int) { fmt.Fprintf(w, "%s\t  %-9d %-9d %-9d\n", name, v4+v6, v4, v6) }
	line("RAW", n["RAW inuse"], n["RAW6 inuse"])
	line("UDP", n["UDP inuse"], n["UDP6 inuse"])
	line("TCP", hashed4, hashed6)
	line("INET", n["RAW inuse"]+n["UDP inuse"]+hashed4, n["RAW6 inuse"]+n["UDP6 inuse"]+hashed6)
	line("FRAG", n["FRAG inuse"], n["FRAG6 inuse"])
	fmt.Fprintln(w)
	return nil
}

// counts are numbers of /proc/net/sockstat by table and name: "TCP inuse".
type counts map[string]int

func (n counts) read(file string) error {
	f, err := os.Open(procNet + file)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		table, rest, ok := strings.Cut(lines.Text(), ":")
		words := strings.Fields(rest)
		for i := 0; ok && i+1 < len(words); i += 2 {
			v, err := strconv.Atoi(words[i+1])
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			n[table+" "+words[i]] = v
		}
	}
	return lines.Err()
}

// procNet is what the kernel says of the namespace of the calling thread.
const procNet = "/proc/thread-self/net/"

// snmpNumber is a number of /proc/net/snmp, where a line of names stands before one of numbers.
func snmpNumber(table, name string) (int, error) {
	f, err := os.Open(procNet + "snmp")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var names []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || words[0] != table {
			continue
		}
		if names == nil {
			names = words
			continue
		}
		for i, n := range names {
			if n == name && i < len(words) {
				return strconv.Atoi(words[i])
			}
		}
	}
	return 0, fmt.Errorf("snmp: there is no %s %s", table, name)
}
