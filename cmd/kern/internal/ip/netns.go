package ip

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

func netnsUsage() string {
	return `
netns [ list ]
netns add NAME
netns attach NAME PID
netns set NAME NETNSID
[-all] netns delete [ NAME ]
netns identify [ PID ]
netns pids NAME
[-all] netns exec [ NAME ] COMMAND [ ARGUMENT ]...
netns monitor
netns list-id [ target-nsid NUMBER ] [ nsid NUMBER ]
NETNSID := { auto | NUMBER }
`
}

func runNetns(c *cli.Command) error {
	if !c.All && len(c.Rest) > 1 && badNetnsName(c.Rest[1]) { // whatever the verb takes
		return cli.Exit(cli.StatusUsage, "Invalid netns name \"%s\"", c.Rest[1])
	}
	return c.Choose(listNetns,
		cli.Verb{Name: "list", Run: listNetns},
		cli.Verb{Name: "show", Run: listNetns},
		cli.Verb{Name: "lst", Run: listNetns},
		cli.Verb{Name: "list-id", Run: listNetnsIDs},
		cli.Verb{Name: "help", Run: func(c *cli.Command) error { return c.ShowUsage() }},
		cli.Verb{Name: "add", Run: addNetns},
		cli.Verb{Name: "set", Run: setNetnsID},
		cli.Verb{Name: "delete", Run: deleteNetns},
		cli.Verb{Name: "identify", Run: identifyNetns},
		cli.Verb{Name: "pids", Run: netnsPIDs},
		cli.Verb{Name: "exec", Run: execNetns},
		cli.Verb{Name: "monitor", Run: monitorNetns},
		cli.Verb{Name: "attach", Run: attachNetns},
	)
}

// netnsDir is where named namespaces are.
const netnsDir = "/run/netns"

// netnsNames are the names of namespaces in the order of the directory.
func netnsNames() ([]string, error) {
	dir, err := os.Open(netnsDir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return dir.Readdirnames(-1)
}

// nextNetns takes the name of a namespace, which need not exist.
func nextNetns(c *cli.Command, missing string) (string, error) {
	if !c.More() {
		return "", cli.Exit(cli.StatusFailed, "%s", missing)
	}
	name, err := c.Next()
	if err == nil && badNetnsName(name) {
		err = cli.Exit(cli.StatusUsage, "Invalid netns name \"%s\"", name)
	}
	return name, err
}

func badNetnsName(name string) bool {
	return name == "" || name == "." || name == ".." || strings.Contains(name, "/") || len(name) > cli.MaxFileName
}

const noNetns = "No netns name specified"

// listNetns is "netns list".
func listNetns(c *cli.Command) error {
	names, err := netnsNames()
	if err != nil || len(names) == 0 {
		return err
	}
	return c.Array(func() error {
		for _, name := range names {
			c.Out.Object("")
			c.Out.Str("name", "%s", name)
			if id, ok := c.NetNSID(name); ok {
				c.Out.Int("id", " (id: %d)", int64(id))
			}
			c.Out.Text("\n")
			c.Out.EndObject()
		}
		return nil
	})
}

// addNetns is "netns add".
func addNetns(c *cli.Command) error {
	name, err := nextNetns(c, noNetns)
	if err != nil {
		return err
	}
	err = netns.ShareNamed()
	if err == nil {
		var ns netns.NsHandle
		if ns, err = netns.Create(name); err == nil {
			err = ns.Close()
		}
	}
	return netnsError(name, err)
}

// netnsError says why a name could not be given to a namespace.
func netnsError(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrExist):
		return cli.Exit(cli.StatusFailed, "Cannot create namespace file %q: File exists", filepath.Join(netnsDir, name))
	}
	return cli.Exit(cli.StatusFailed, "Failed to create a new network namespace %q: %s", name, cli.Cause(err))
}

// attachNetns is "netns attach".
func attachNetns(c *cli.Command) error {
	const missing = "No netns name and PID specified"
	name, err := nextNetns(c, missing)
	if err != nil {
		return err
	}
	if !c.More() {
		return cli.Exit(cli.StatusFailed, missing)
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	pid, err := desc.ParseUint(word, 31)
	if err != nil || pid == 0 {
		return cli.Exit(cli.StatusFailed, "Invalid PID: %s", word)
	}
	path := filepath.Join(netnsDir, name)
	if _, err := os.Lstat(path); err == nil {
		return netnsError(name, os.ErrExist)
	}
	ns, err := netns.GetFromPid(int(pid))
	if err != nil {
		return cli.Exit(cli.StatusFailed, "Bind /proc/%d/ns/net -> %s failed: %s", pid, path, cli.Cause(err))
	}
	defer ns.Close()
	err = netns.ShareNamed()
	if err == nil {
		err = netns.Attach(name, ns)
	}
	return netnsError(name, err)
}

// deleteNetns is "netns delete".
func deleteNetns(c *cli.Command) error {
	if !c.All {
		name, err := nextNetns(c, noNetns)
		if err != nil {
			return err
		}
		return removeNetns(name)
	}
	names, err := netnsNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := removeNetns(name); err != nil {
			return err
		}
	}
	return nil
}

func removeNetns(name string) error {
	if err := netns.DeleteNamed(name); err != nil {
		return cli.Exit(cli.StatusFailed, "Cannot remove namespace file %q: %s", filepath.Join(netnsDir, name),
			cli.Cause(err))
	}
	return nil
}

// setNetnsID is "netns set": it gives a namespace the number by which this one
// calls it.
func setNetnsID(c *cli.Command) error {
	name, err := nextNetns(c, noNetns)
	if err != nil {
		return err
	}
	if !c.More() {
		return cli.Exit(cli.StatusFailed, "No nsid specified")
	}
	id := int32(uapi.NETNSA_NSID_NOT_ASSIGNED)
	if !c.Take("auto") {
		if id, err = nextID(c, "Invalid \"netnsid\" value", "\"netnsid\" value should be >= 0"); err != nil {
			return err
		}
	}
	ns, err := netns.GetFromName(name)
	if err != nil {
		return cli.Exit(cli.StatusFailed, "Cannot open network namespace %q: %s", name, cli.Cause(err))
	}
	defer ns.Close()
	r := wire.NewRequest(uapi.RTM_NEWNSID, 0)
	(&uapi.Rtgenmsg{Family: uapi.AF_UNSPEC}).Put(r.Header(uapi.SizeofRtgenmsg))
	r.Uint32(uapi.NETNSA_FD, uint32(ns))
	r.Int32(uapi.NETNSA_NSID, id)
	// The descriptor is of now: it cannot wait in a batch.
	conn, err := c.Dial()
	if err == nil {
		err = conn.Do(c.Ctx, r)
	}
	return err
}

// nextID reads a number that a namespace is called by.
func nextID(c *cli.Command, invalid, negative string) (int32, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	id, err := strconv.ParseInt(word, 0, 32)
	switch {
	case err != nil:
		return 0, desc.Wrong(word, invalid)
	case id < 0:
		return 0, desc.Wrong(word, negative)
	}
	return int32(id), nil
}

// identifyNetns is "netns identify".
func identifyNetns(c *cli.Command) error {
	path := "/proc/thread-self/ns/net"
	if c.More() {
		word, err := c.Next()
		if err != nil {
			return err
		}
		pid, err := strconv.ParseUint(word, 10, 31)
		if err != nil {
			return cli.Exit(cli.StatusFailed, "Specified string '%s' is not a pid", word)
		}
		path = fmt.Sprintf("/proc/%d/ns/net", pid)
	}
	st, err := os.Stat(path)
	if err != nil {
		return cli.Exit(cli.StatusFailed, "Cannot open network namespace: %s", cli.Cause(err))
	}
	name, err := netnsNameOf(st)
	if err != nil {
		return err
	}
	c.Out.Raw(name + "\n")
	return nil
}

// netnsNameOf is the name of a namespace, the last one in the order of the directory, "" where it has none.
func netnsNameOf(st os.FileInfo) (name string, err error) {
	names, err := netnsNames()
	for _, n := range names {
		other, err := os.Stat(filepath.Join(netnsDir, n))
		if err == nil && os.SameFile(st, other) {
			name = n
		}
	}
	return name, err
}

// netnsPIDs is "netns pids".
func netnsPIDs(c *cli.Command) error {
	name, err := nextNetns(c, noNetns)
	if err != nil {
		return err
	}
	st, err := os.Stat(filepath.Join(netnsDir, name))
	if err != nil {
		return cli.Exit(cli.StatusFailed, "Cannot open network namespace: %s", cli.Cause(err))
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		// Processes end, and some are not ours to look at.
		other, err := os.Stat(filepath.Join("/proc", e.Name(), "ns/net"))
		if err == nil && os.SameFile(st, other) {
			c.Out.Raw(e.Name() + "\n")
		}
	}
	return nil
}

// listNetnsIDs is "netns list-id".
func listNetnsIDs(c *cli.Command) error {
	target, id := int32(uapi.NETNSA_NSID_NOT_ASSIGNED), int32(uapi.NETNSA_NSID_NOT_ASSIGNED)
	for c.More() {
		var err error
		switch {
		case c.Take("target-nsid"):
			target, err = nextID(c, "\"target-nsid\" value is invalid", "\"target-nsid\" value should be >= 0")
		case c.Take("nsid"):
			id, err = nextID(c, "\"nsid\" value is invalid", "\"nsid\" value should be >= 0")
		default:
			err = c.ShowUsage()
		}
		if err != nil {
			return err
		}
	}
	r := wire.NewRequest(uapi.RTM_GETNSID, 0)
	(&uapi.Rtgenmsg{Family: uapi.AF_UNSPEC}).Put(r.Header(uapi.SizeofRtgenmsg))
	if target >= 0 {
		r.Int32(uapi.NETNSA_TARGET_NSID, target)
	}
	if id >= 0 {
		r.Int32(uapi.NETNSA_NSID, id)
		m, err := c.Get(r)
		if err != nil {
			return err
		}
		return c.Array(func() error {
			showNetnsID(c, m)
			return nil
		})
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusFailed, c.Dump(r, func(m wire.Message) error {
			showNetnsID(c, m)
			return c.Spill()
		}))
	})
}

// showNetnsID prints an RTM_NEWNSID or RTM_DELNSID message.
func showNetnsID(c *cli.Command, m wire.Message) {
	p := c.Out
	attrs := desc.ParseAttrs(m.Data[min(4, len(m.Data)):]) // struct rtgenmsg, padded
	p.Object("")
	if m.Type == uapi.RTM_DELNSID {
		p.Bool("deleted", "Deleted ", true)
	}
	id := int32(cli.Number32(attrs[uapi.NETNSA_NSID]))
	showID(c, "nsid", id)
	name := c.NetNSName(int(id))
	if b, ok := attrs[uapi.NETNSA_CURRENT_NSID]; ok {
		current := int32(cli.Number32(b))
		showID(c, "current-nsid", current)
		name = c.NetNSName(int(current))
	}
	if name != "" {
		p.Str("name", "(iproute2 netns name: %s)", name)
	}
	ShowUnknown(p, " %s", attrs, uapi.NETNSA_MAX)
	p.Text("\n")
	p.EndObject()
}

// showID prints a number that a namespace is called by, which it may lack.
func showID(c *cli.Command, key string, id int32) {
	if id < 0 {
		c.Out.Text("%s unassigned ", key)
	} else {
		c.Out.Int(key, key+" %d ", int64(id))
	}
}
