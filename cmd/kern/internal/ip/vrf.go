package ip

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

func vrfUsage() string {
	return `
vrf show [ NAME ]
vrf exec [ NAME ] COMMAND [ ARGUMENT ]...
vrf identify [ PID ]
vrf pids NAME
`
}

// runVRF is about links of kind vrf, and the processes whose sockets are bound to them by their cgroup.
func runVRF(c *cli.Command) error {
	return c.Choose(listVRFs,
		cli.Verb{Name: "identify", Run: identifyVRF},
		cli.Verb{Name: "pids", Run: vrfPIDs},
		cli.Verb{Name: "exec", Run: execVRF},
		cli.Verb{Name: "show", Run: listVRFs},
		cli.Verb{Name: "lst", Run: listVRFs},
		cli.Verb{Name: "list", Run: listVRFs},
	)
}

func listVRFs(c *cli.Command) error {
	if len(c.Rest) > 1 {
		return c.ShowUsage()
	}
	if c.More() {
		name, err := c.Next()
		if err != nil {
			return err
		}
		table := vrfTable(c, name)
		if table == 0 {
			return cli.Exit(cli.StatusUsage, "Invalid VRF")
		}
		c.Out.Rawf("%s %d\n", name, table)
		return nil
	}
	f := &filter{}
	f.kind.set("vrf")
	links, err := readLinks(c, f, uapi.AF_UNSPEC)
	if err != nil {
		return err
	}
	p := c.Out
	return c.Array(func() error {
		p.Text("%-16s  %5s\n-----------------------\n", "Name", "Table")
		found := false
		for _, l := range links {
			if !f.link(l) {
				continue
			}
			table := cli.Number32(desc.ParseAttrs(l.info[uapi.IFLA_INFO_DATA])[uapi.IFLA_VRF_TABLE])
			if table == 0 {
				fmt.Fprintf(c.Stderr, "BUG: VRF %s is missing table id\n", l.name)
				continue
			}
			found = true
			p.Object("")
			p.Str("name", "%-16s", l.name)
			p.Uint("table", " %5d", uint64(table))
			p.Text("\n")
			p.EndObject()
		}
		if !found {
			p.Text("No VRF has been configured\n")
		}
		return nil
	})
}

// cgroupOf is the path of a process's cgroup (version 2), "" where it is in none.
func cgroupOf(pid string) (string, error) {
	f, err := os.Open("/proc/" + pid + "/cgroup")
	if err != nil {
		return "", err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if _, path, ok := strings.Cut(lines.Text(), "::"); ok && strings.HasPrefix(path, "/") {
			return path, nil
		}
	}
	return "", lines.Err()
}

// identifyVRF is "vrf identify": the VRF that a process is bound to.
func identifyVRF(c *cli.Command) error {
	pid := "self"
	if c.More() {
		word, err := c.Next()
		if err != nil {
			return err
		}
		if c.More() {
			return desc.Wrong(c.Peek(), "Extra arguments specified\n")
		}
		n, err := strconv.ParseUint(word, 10, 32)
		if err != nil {
			return desc.Wrong(word, "Invalid pid\n")
		}
		pid = strconv.FormatUint(n, 10)
	}
	path, err := cgroupOf(pid)
	if err != nil {
		return cli.Exit(cli.StatusFailed, "Failed to lookup vrf association: %s", cli.Cause(err))
	}
	if _, name, ok := strings.Cut(path, "/vrf/"); ok && name != "" {
		c.Out.Raw(name + "\n")
	}
	return nil
}

// vrfPIDs is "vrf pids": the processes whose sockets are bound to a VRF of this network namespace.
func vrfPIDs(c *cli.Command) error {
	if len(c.Rest) != 1 {
		return cli.Exit(cli.StatusFailed, "Invalid arguments")
	}
	name, err := c.Next()
	if err != nil {
		return err
	}
	if c.LinkNamed(name) == nil || vrfTable(c, name) == 0 {
		return cli.Exit(cli.StatusFailed, "Invalid VRF name")
	}
	mount, err := needCgroups()
	if err != nil {
		return err
	}
	ns, err := vrfNamespace(c)
	if err != nil {
		return err
	}
	return filepath.WalkDir(mount, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil || !d.IsDir() || d.Name() != "vrf":
			return nil // what cannot be read has nothing to show
		case ns == "" || filepath.Base(filepath.Dir(path)) == ns:
			showCgroupPIDs(c, filepath.Join(path, name, "cgroup.procs"))
		}
		return filepath.SkipDir
	})
}

// showCgroupPIDs prints the processes of a cgroup, if there is such a one.
func showCgroupPIDs(c *cli.Command, procs string) {
	b, err := os.ReadFile(procs)
	if err != nil {
		return
	}
	for pid := range strings.FieldsSeq(string(b)) {
		name := "<terminated?>"
		if comm, err := os.ReadFile("/proc/" + pid + "/comm"); err == nil {
			name = strings.TrimSpace(string(comm))
		}
		c.Out.Rawf("%5s  %s\n", pid, name)
	}
}

// vrfNamespace is the directory of this network namespace among cgroups, "" where it has no name.
func vrfNamespace(c *cli.Command) (string, error) {
	path := "/proc/thread-self/ns/net"
	if c.NS.IsOpen() {
		path = fmt.Sprintf("/proc/self/fd/%d", int(c.NS))
	}
	st, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	name, err := netnsNameOf(st)
	if name != "" {
		name += "-ns"
	}
	return name, err
}
