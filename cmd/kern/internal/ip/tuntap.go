package ip

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
)

func tuntapUsage() string {
	return `
tuntap { add | del | show | list | lst | help } [ dev PHYS_DEV ]
       [ mode { tun | tap } ] [ user USER ] [ group GROUP ]
       [ one_queue ] [ pi ] [ vnet_hdr ] [ multi_queue ] [ name NAME ]
USER := { STRING | NUMBER }
GROUP := { STRING | NUMBER }
`
}

// runTuntap is about devices whose other side is a program.
func runTuntap(c *cli.Command) error {
	c.Object = "tuntap"
	return c.Choose(listTuntaps,
		cli.Verb{Name: "add", Run: func(c *cli.Command) error { return changeTuntap(c, true) }},
		cli.Verb{Name: "delete", Run: func(c *cli.Command) error { return changeTuntap(c, false) }},
		cli.Verb{Name: "show", Run: listTuntaps},
		cli.Verb{Name: "lst", Run: listTuntaps},
		cli.Verb{Name: "list", Run: listTuntaps},
	)
}

// tuntapWords are the words of a device that is to be made or deleted.
type tuntapWords struct {
	name         string
	flags        uint16 // IFF_…
	owner, group choice[int]
}

const tuntapTypes = uapi.IFF_TUN | uapi.IFF_TAP

func changeTuntap(c *cli.Command, add bool) error {
	w := &tuntapWords{flags: uapi.IFF_NO_PI}
	for c.More() {
		if err := nextTuntapWord(c, w, add); err != nil {
			return err
		}
	}
	if w.flags&tuntapTypes == 0 {
		return cli.Exit(cli.StatusFailed, "You failed to specify a tunnel mode")
	}
	if add {
		return addTuntap(c, w)
	}
	return deleteTuntap(c, w)
}

func nextTuntapWord(c *cli.Command, w *tuntapWords, add bool) error {
	var err error
	switch {
	case c.TakeAbbr("mode"):
		return nextTuntapMode(c, w)
	case add && c.TakeAbbr("user"):
		return nextTuntapID(c, &w.owner, "user", func(name string) (string, error) {
			u, err := user.Lookup(name)
			if err != nil {
				return "", err
			}
			return u.Uid, nil
		})
	case add && c.TakeAbbr("group"):
		return nextTuntapID(c, &w.group, "group", func(name string) (string, error) {
			g, err := user.LookupGroup(name)
			if err != nil {
				return "", err
			}
			return g.Gid, nil
		})
	case c.TakeAbbr("pi"):
		w.flags &^= uapi.IFF_NO_PI
	case c.TakeAbbr("one_queue"):
		w.flags |= uapi.IFF_ONE_QUEUE
	case c.TakeAbbr("vnet_hdr"):
		w.flags |= uapi.IFF_VNET_HDR
	case c.TakeAbbr("multi_queue"):
		w.flags |= uapi.IFF_MULTI_QUEUE
	case c.TakeAbbr("dev"):
		w.name, err = nextIfname(c, "\"dev\" not a valid ifname")
	default:
		if !c.TakeAbbr("name") && c.HelpAsked() {
			return c.ShowUsage()
		}
		if w.name != "" {
			word, err := c.Next()
			if err == nil {
				err = cli.Garbage("name", word)
			}
			return err
		}
		w.name, err = nextIfname(c, "\"name\" not a valid ifname")
	}
	return err
}

func nextTuntapMode(c *cli.Command, w *tuntapWords) error {
	mode, other := uint16(uapi.IFF_TUN), uint16(uapi.IFF_TAP)
	switch {
	case c.TakeAbbr("tun"):
	case c.TakeAbbr("tap"):
		mode, other = other, mode
	default:
		word, err := c.Next()
		if err == nil {
			err = cli.Exit(cli.StatusUsage, "Unknown tunnel mode \"%s\"", word)
		}
		return err
	}
	if w.flags&other != 0 {
		return cli.Exit(cli.StatusUsage, "You managed to ask for more than one tunnel mode.")
	}
	w.flags |= mode
	return nil
}

// nextTuntapID reads a number, or a name that find gives the number of.
func nextTuntapID(c *cli.Command, v *choice[int], what string, find func(string) (string, error)) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		number, err := find(word)
		if err == nil {
			n, err = strconv.Atoi(number)
		}
		if err != nil {
			return cli.Exit(cli.StatusUsage, "invalid %s \"%s\"", what, word)
		}
	}
	v.set(n)
	return nil
}

// listTuntaps is "tuntap show". It passes over all words, as ip does.
func listTuntaps(c *cli.Command) error {
	f := &filter{}
	f.kind.set("tun")
	all, err := c.List(f.linkDump(uapi.AF_UNSPEC, uapi.RTEXT_FILTER_SKIP_STATS))
	if err != nil {
		return Terminated(c, "Dump", cli.StatusFailed, err)
	}
	return c.Array(func() error {
		for _, m := range all {
			if l := readLink(m); f.link(l) && (l.ifi.Type == uapi.ARPHRD_NONE || l.ifi.Type == uapi.ARPHRD_ETHER) {
				showTuntap(c, l)
			}
		}
		return nil
	})
}

func showTuntap(c *cli.Command, l *linkMessage) {
	p := c.Out
	data := desc.ParseAttrs(l.info[uapi.IFLA_INFO_DATA])
	p.Object("")
	p.ColorStr(desc.Ifname, "ifname", "%s:", l.name)
	showTuntapFlags(c, tuntapFlags(l, data))
	if b, ok := data[uapi.IFLA_TUN_OWNER]; ok {
		p.Uint("user", " user %d", uint64(cli.Number32(b)))
	}
	if b, ok := data[uapi.IFLA_TUN_GROUP]; ok {
		p.Uint("group", " group %d", uint64(cli.Number32(b)))
	}
	if c.Details {
		p.NL()
		p.Text("\tAttached to processes:")
		showTuntapProcesses(c, l.name)
	}
	p.EndObject()
	p.Text("\n")
}

// tuntapFlags are a device's IFF_…: those that the kernel reports by netlink, and where /sys shows the same device
// all of them.
func tuntapFlags(l *linkMessage, data desc.Attrs) uint64 {
	on := func(typ uint16) bool { return cli.Number8(data[typ]) != 0 }
	flags := uint64(cli.Number8(data[uapi.IFLA_TUN_TYPE]))
	for _, f := range []struct {
		on  bool
		bit uint64
	}{
		{!on(uapi.IFLA_TUN_PI), uapi.IFF_NO_PI},
		{on(uapi.IFLA_TUN_VNET_HDR), uapi.IFF_VNET_HDR},
		{on(uapi.IFLA_TUN_MULTI_QUEUE), uapi.IFF_MULTI_QUEUE},
		{on(uapi.IFLA_TUN_PERSIST), uapi.IFF_PERSIST},
	} {
		if f.on {
			flags |= f.bit
		}
	}
	dir := filepath.Join("/sys/class/net", l.name)
	index, err := os.ReadFile(filepath.Join(dir, "ifindex"))
	if err != nil || strings.TrimSpace(string(index)) != strconv.Itoa(int(l.ifi.Index)) {
		return flags // /sys is of another namespace
	}
	b, err := os.ReadFile(filepath.Join(dir, "tun_flags"))
	if err != nil {
		return flags
	}
	if all, err := strconv.ParseUint(strings.TrimSpace(string(b)), 0, 32); err == nil && all&flags == flags {
		return all
	}
	return flags
}

func showTuntapFlags(c *cli.Command, flags uint64) {
	p := c.Out
	p.Array("flags")
	rest := flags
	for _, f := range []struct {
		name string
		bit  uint64
		off  bool // the name means that the bit is not set
	}{
		{"tun", uapi.IFF_TUN, false},
		{"tap", uapi.IFF_TAP, false},
		{"pi", uapi.IFF_NO_PI, true},
		{"one_queue", uapi.IFF_ONE_QUEUE, false},
		{"multi_queue", uapi.IFF_MULTI_QUEUE, false},
		{"vnet_hdr", uapi.IFF_VNET_HDR, false},
		{"persist", uapi.IFF_PERSIST, false},
		{"filter", uapi.IFF_NOFILTER, true}, // the same bit as IFF_NO_PI
	} {
		if (flags&f.bit != 0) != f.off {
			p.Str("", " %s", f.name)
		}
		rest &^= f.bit
	}
	if rest != 0 {
		p.Hex("", " %#x", rest)
	}
	p.EndArray()
}

// showTuntapProcesses prints the processes that have a queue of the device open.
func showTuntapProcesses(c *cli.Command, name string) {
	fds, err := filepath.Glob("/proc/[0-9]*/fd/[0-9]*")
	if err != nil || len(fds) == 0 {
		return
	}
	p := c.Out
	p.Array("processes")
	for _, fd := range fds {
		if target, err := os.Readlink(fd); err != nil || target != netlink.TUN {
			continue // most are something else, some are gone
		}
		parts := strings.Split(fd, "/") // "", proc, PID, fd, FD
		pid, err := strconv.ParseUint(parts[2], 10, 32)
		if err != nil || int(pid) == os.Getpid() {
			continue
		}
		info, err := os.ReadFile(fmt.Sprintf("/proc/%s/fdinfo/%s", parts[2], parts[4]))
		if err != nil || !strings.Contains(string(info), "iff:\t"+name+"\n") {
			continue
		}
		comm, err := os.ReadFile("/proc/" + parts[2] + "/comm")
		if err != nil {
			comm = []byte("<NULL>")
		}
		p.Object("")
		p.Str("name", "%s", strings.TrimSpace(string(comm)))
		p.Uint("pid", "(%d)", pid)
		p.EndObject()
	}
	p.EndArray()
}
