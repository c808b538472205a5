package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

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

func runNetns(c *command) error {
	return c.choose((*command).listNetns,
		verb{"list", (*command).listNetns},
		verb{"show", (*command).listNetns},
		verb{"lst", (*command).listNetns},
		verb{"list-id", (*command).listNetnsIDs},
		verb{"help", func(c *command) error { return c.showUsage() }},
		verb{"add", (*command).addNetns},
		verb{"set", (*command).setNetnsID},
		verb{"delete", (*command).deleteNetns},
		verb{"identify", (*command).identifyNetns},
		verb{"pids", (*command).netnsPIDs},
		verb{"exec", (*command).execNetns},
		verb{"monitor", (*command).monitorNetns},
		verb{"attach", (*command).attachNetns},
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
func (c *command) nextNetns(missing string) (string, error) {
	if !c.More() {
		return "", exit(statusFailed, "%s", missing)
	}
	name, err := c.Next()
	if err == nil && (name == "" || name == "." || name == ".." || strings.Contains(name, "/") || len(name) > maxFileName) {
		err = exit(statusUsage, "Invalid netns name \"%s\"", name)
	}
	return name, err
}

// maxFileName is the length that file systems allow a name (NAME_MAX).
const maxFileName = 255

const noNetns = "No netns name specified"

// listNetns is "netns list".
func (c *command) listNetns() error {
	names, err := netnsNames()
	if err != nil || len(names) == 0 {
		return err
	}
	return c.array(func() error {
		for _, name := range names {
			c.p.Object("")
			c.p.Str("name", "%s", name)
			if id, ok := c.netnsID(name); ok {
				c.p.Int("id", " (id: %d)", int64(id))
			}
			c.p.Text("\n")
			c.p.EndObject()
		}
		return nil
	})
}

// addNetns is "netns add".
func (c *command) addNetns() error {
	name, err := c.nextNetns(noNetns)
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
		return exit(statusFailed, "Cannot create namespace file %q: File exists", filepath.Join(netnsDir, name))
	}
	return exit(statusFailed, "Failed to create a new network namespace %q: %s", name, cause(err))
}

// attachNetns is "netns attach".
func (c *command) attachNetns() error {
	const missing = "No netns name and PID specified"
	name, err := c.nextNetns(missing)
	if err != nil {
		return err
	}
	if !c.More() {
		return exit(statusFailed, missing)
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	pid, err := desc.ParseUint(word, 31)
	if err != nil || pid == 0 {
		return exit(statusFailed, "Invalid PID: %s", word)
	}
	path := filepath.Join(netnsDir, name)
	if _, err := os.Lstat(path); err == nil {
		return netnsError(name, os.ErrExist)
	}
	ns, err := netns.GetFromPid(int(pid))
	if err != nil {
		return exit(statusFailed, "Bind /proc/%d/ns/net -> %s failed: %s", pid, path, cause(err))
	}
	defer ns.Close()
	err = netns.ShareNamed()
	if err == nil {
		err = netns.Attach(name, ns)
	}
	return netnsError(name, err)
}

// deleteNetns is "netns delete".
func (c *command) deleteNetns() error {
	if !c.all {
		name, err := c.nextNetns(noNetns)
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
		return exit(statusFailed, "Cannot remove namespace file %q: %s", filepath.Join(netnsDir, name), cause(err))
	}
	return nil
}

// setNetnsID is "netns set": it gives a namespace the number by which this one
// calls it.
func (c *command) setNetnsID() error {
	name, err := c.nextNetns(noNetns)
	if err != nil {
		return err
	}
	if !c.More() {
		return exit(statusFailed, "No nsid specified")
	}
	id := int32(uapi.NETNSA_NSID_NOT_ASSIGNED)
	if !c.Take("auto") {
		if id, err = c.nextID("Invalid \"netnsid\" value", "\"netnsid\" value should be >= 0"); err != nil {
			return err
		}
	}
	ns, err := netns.GetFromName(name)
	if err != nil {
		return exit(statusFailed, "Cannot open network namespace %q: %s", name, cause(err))
	}
	defer ns.Close()
	r := wire.NewRequest(uapi.RTM_NEWNSID, 0)
	(&uapi.Rtgenmsg{Family: uapi.AF_UNSPEC}).Put(r.Header(uapi.SizeofRtgenmsg))
	r.Uint32(uapi.NETNSA_FD, uint32(ns))
	r.Int32(uapi.NETNSA_NSID, id)
	// The descriptor is of now: it cannot wait in a batch.
	conn, err := c.dial()
	if err == nil {
		err = conn.Do(c.ctx, r)
	}
	return err
}

// nextID reads a number that a namespace is called by.
func (c *command) nextID(invalid, negative string) (int32, error) {
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
func (c *command) identifyNetns() error {
	path := "/proc/thread-self/ns/net"
	if c.More() {
		word, err := c.Next()
		if err != nil {
			return err
		}
		pid, err := strconv.ParseUint(word, 10, 31)
		if err != nil {
			return exit(statusFailed, "Specified string '%s' is not a pid", word)
		}
		path = fmt.Sprintf("/proc/%d/ns/net", pid)
	}
	st, err := os.Stat(path)
	if err != nil {
		return exit(statusFailed, "Cannot open network namespace: %s", cause(err))
	}
	names, err := netnsNames()
	if err != nil {
		return err
	}
	var name string
	for _, n := range names {
		other, err := os.Stat(filepath.Join(netnsDir, n))
		if err == nil && os.SameFile(st, other) {
			name = n
		}
	}
	c.p.Raw(name + "\n")
	return nil
}

// netnsPIDs is "netns pids".
func (c *command) netnsPIDs() error {
	name, err := c.nextNetns(noNetns)
	if err != nil {
		return err
	}
	st, err := os.Stat(filepath.Join(netnsDir, name))
	if err != nil {
		return exit(statusFailed, "Cannot open network namespace: %s", cause(err))
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
			c.p.Raw(e.Name() + "\n")
		}
	}
	return nil
}

// listNetnsIDs is "netns list-id".
func (c *command) listNetnsIDs() error {
	target, id := int32(uapi.NETNSA_NSID_NOT_ASSIGNED), int32(uapi.NETNSA_NSID_NOT_ASSIGNED)
	for c.More() {
		var err error
		switch {
		case c.Take("target-nsid"):
			target, err = c.nextID("\"target-nsid\" value is invalid", "\"target-nsid\" value should be >= 0")
		case c.Take("nsid"):
			id, err = c.nextID("\"nsid\" value is invalid", "\"nsid\" value should be >= 0")
		default:
			err = c.showUsage()
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
		m, err := c.get(r)
		if err != nil {
			return err
		}
		return c.array(func() error {
			c.showNetnsID(m)
			return nil
		})
	}
	return c.array(func() error {
		return c.terminated("Dump", statusFailed, c.dump(r, func(m wire.Message) error {
			c.showNetnsID(m)
			return c.spill()
		}))
	})
}

// showNetnsID prints an RTM_NEWNSID or RTM_DELNSID message.
func (c *command) showNetnsID(m wire.Message) {
	p := c.p
	attrs := desc.ParseAttrs(m.Data[min(4, len(m.Data)):]) // struct rtgenmsg, padded
	p.Object("")
	if m.Type == uapi.RTM_DELNSID {
		p.Bool("deleted", "Deleted ", true)
	}
	id := int32(number32(attrs[uapi.NETNSA_NSID]))
	c.showID("nsid", id)
	name := c.netnsName(int(id))
	if b, ok := attrs[uapi.NETNSA_CURRENT_NSID]; ok {
		current := int32(number32(b))
		c.showID("current-nsid", current)
		name = c.netnsName(int(current))
	}
	if name != "" {
		p.Str("name", "(iproute2 netns name: %s)", name)
	}
	p.Text("\n")
	p.EndObject()
}

// showID prints a number that a namespace is called by, which it may lack.
func (c *command) showID(key string, id int32) {
	if id < 0 {
		c.p.Text("%s unassigned ", key)
	} else {
		c.p.Int(key, key+" %d ", int64(id))
	}
}
