package ip

import (
	"bufio"
	"encoding/hex"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

func maddrUsage() string {
	return `
maddr [ add | del ] MULTIADDR dev DEVICE
maddr show [ dev DEVICE ]
`
}

// runMaddr is about the multicast addresses that links listen to.
func runMaddr(c *cli.Command) error {
	c.Object = "maddr"
	return c.Choose(listMaddrs,
		cli.Verb{Name: "add", Run: func(c *cli.Command) error { return nextMaddr(c, true) }},
		cli.Verb{Name: "delete", Run: func(c *cli.Command) error { return nextMaddr(c, false) }},
		cli.Verb{Name: "list", Run: listMaddrs},
		cli.Verb{Name: "show", Run: listMaddrs},
		cli.Verb{Name: "lst", Run: listMaddrs},
	)
}

// maddr is a multicast address that a link listens to.
type maddr struct {
	index  int
	name   string // of the link
	family int    // AF_PACKET for a link-layer address
	addr   []byte
	users  int
	static bool
}

// listMaddrs is "maddr show".
func listMaddrs(c *cli.Command) error {
	var dev choice[string]
	for c.More() {
		if !c.Take("dev") && c.HelpAsked() {
			return c.ShowUsage()
		}
		word, err := c.Next()
		if err != nil {
			return err
		}
		if dev.given {
			return cli.Garbage("dev", word)
		}
		dev.set(word)
	}
	var all []maddr
	for _, table := range []struct {
		family int
		file   string
		read   func(lines *bufio.Scanner) []maddr
	}{
		{uapi.AF_PACKET, "dev_mcast", readDevMcast},
		{uapi.AF_INET, "igmp", readIGMP},
		{uapi.AF_INET6, "igmp6", readIGMP6},
	} {
		if c.Family != uapi.AF_UNSPEC && c.Family != table.family {
			continue
		}
		f, err := openProcNet(c, table.file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		lines := bufio.NewScanner(f)
		all = append(all, table.read(lines)...)
		if err := errors.Join(lines.Err(), f.Close()); err != nil {
			return err
		}
	}
	all = slices.DeleteFunc(all, func(m maddr) bool { return !dev.allows(m.name) })
	slices.SortStableFunc(all, func(a, b maddr) int { return a.index - b.index })
	return c.Array(func() error {
		showMaddrs(c, all)
		return nil
	})
}

// readDevMcast reads lines of an index, a name, counts of users and of those that asked for it by
// ioctl, and an address.
func readDevMcast(lines *bufio.Scanner) (all []maddr) {
	for lines.Scan() {
		w := strings.Fields(lines.Text())
		if len(w) < 5 {
			continue
		}
		if addr, err := hex.DecodeString(w[4]); err == nil {
			all = append(all, maddr{number(w[0]), w[1], uapi.AF_PACKET, addr, number(w[2]), number(w[3]) != 0})
		}
	}
	return all
}

// readIGMP reads a line for each link, and one for each of its addresses: a number in hexadecimal.
func readIGMP(lines *bufio.Scanner) (all []maddr) {
	m := maddr{family: uapi.AF_INET}
	lines.Scan() // the head
	for lines.Scan() {
		w := strings.Fields(lines.Text())
		if len(w) < 2 {
			continue
		}
		if !strings.HasPrefix(lines.Text(), "\t") {
			m.index, m.name = number(w[0]), strings.TrimSuffix(w[1], ":")
			continue
		}
		n, err := strconv.ParseUint(w[0], 16, 32)
		if err != nil {
			continue
		}
		m.addr, m.users = native.AppendUint32(nil, uint32(n)), number(w[1])
		all = append(all, m)
	}
	return all
}

// readIGMP6 reads lines of an index, a name, an address and the count of its users.
func readIGMP6(lines *bufio.Scanner) (all []maddr) {
	for lines.Scan() {
		w := strings.Fields(lines.Text())
		if len(w) < 4 {
			continue
		}
		if addr, err := hex.DecodeString(w[2]); err == nil {
			all = append(all, maddr{number(w[0]), w[1], uapi.AF_INET6, addr, number(w[3]), false})
		}
	}
	return all
}

// number is a decimal number of /proc, 0 for what is none.
func number(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		return 0
	}
	return n
}

// showMaddrs prints addresses that are in the order of their links.
func showMaddrs(c *cli.Command, all []maddr) {
	p := c.Out
	for i, m := range all {
		if i == 0 || m.index != all[i-1].index || c.Oneline {
			if i != 0 {
				p.EndArray()
				p.EndObject()
			}
			p.Object("")
			p.Uint("ifindex", "%d:", uint64(m.index))
			p.ColorStr(desc.Ifname, "ifname", "\t%s", m.name)
			p.NL()
			p.Array("maddr")
		}
		showMaddr(c, &m)
	}
	if len(all) != 0 {
		p.EndArray()
		p.EndObject()
	}
}

func showMaddr(c *cli.Command, m *maddr) {
	p := c.Out
	p.Text("\t")
	p.Object("")
	if m.family == uapi.AF_PACKET {
		p.Text("link  ")
		p.ColorStr(desc.MAC, "link", "%s", cli.LLAddrText(m.addr, uapi.ARPHRD_ETHER))
	} else {
		p.Str("family", "%-5s ", desc.FamilyName(m.family))
		p.ColorStr(desc.AddrColor(m.family), "address", "%s", p.Addr(m.addr))
	}
	if m.users != 1 {
		p.Uint("users", " users %d", uint64(m.users))
	}
	if m.static {
		p.Str("features", " %s", "static")
	}
	p.Text("\n")
	p.EndObject()
}

// nextMaddr is "maddr add" and "maddr del".
func nextMaddr(c *cli.Command, add bool) error {
	var dev choice[string]
	var addr []byte
	for c.More() {
		if c.Take("dev") {
			if dev.given {
				return duplicateNext(c, "dev")
			}
			name, err := nextIfname(c, "\"dev\" not a valid ifname")
			if err != nil {
				return err
			}
			dev.set(name)
			continue
		}
		c.TakeAbbr("address")
		if c.HelpAsked() {
			return c.ShowUsage()
		}
		word, err := c.Next()
		switch {
		case err != nil:
			return err
		case addr != nil:
			return desc.Duplicate("address", word)
		}
		if addr, err = cli.ParseLLAddr(word); err != nil {
			return err
		}
		if len(addr) != uapi.ETH_ALEN {
			return cli.Exit(cli.StatusFailed, "Error: Invalid address length %d - must be %d bytes", len(addr), uapi.ETH_ALEN)
		}
	}
	if !dev.given {
		return cli.Exit(cli.StatusUsage, "Not enough information: \"dev\" is required.")
	}
	family := c.Family
	if family != uapi.AF_INET6 && family != uapi.AF_PACKET {
		family = uapi.AF_INET
	}
	return changeMaddr(c, family, dev.value, addr, add)
}
