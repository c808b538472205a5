package rdma

import (
	"errors"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// device is what words name.
type device struct {
	index uint32
	name  string
	ports uint32 // how many
}

// port is a port of a device; 0 stands for the device itself.
type port struct {
	device
	number uint32
}

// devices lists all.
func devices(c *cli.Command) ([]device, error) {
	list, err := c.List(request(uapi.RDMA_NLDEV_CMD_GET))
	if err != nil {
		return nil, notThere(err)
	}
	var all []device
	for _, m := range list {
		a := desc.ParseAttrs(m.Data)
		all = append(all, device{
			index: cli.Number32(a[uapi.RDMA_NLDEV_ATTR_DEV_INDEX]),
			name:  cli.Text(a[uapi.RDMA_NLDEV_ATTR_DEV_NAME]),
			ports: cli.Number32(a[uapi.RDMA_NLDEV_ATTR_PORT_INDEX]),
		})
	}
	return all, nil
}

// notThere puts err in words where the kernel has no RDMA.
func notThere(err error) error {
	if errors.Is(err, noSocket) {
		return failed("Failed to open NETLINK_RDMA socket")
	}
	return err
}

// nextDevices takes the name of a device; without a word they are all.
func nextDevices(c *cli.Command) ([]device, error) {
	all, err := devices(c)
	if err != nil || !c.More() {
		return all, err
	}
	name, err := c.Next()
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if d.name == name {
			return []device{d}, nil
		}
	}
	return nil, failed("Wrong device name - %s", name)
}

// nextDevice takes the name of the device that a command needs.
func nextDevice(c *cli.Command) (device, error) {
	if !c.More() {
		return device{}, failed("Please provide device name.")
	}
	all, err := nextDevices(c)
	if err != nil {
		return device{}, err
	}
	return all[0], nil
}

// nextPorts takes DEV/PORT; without a word they are all ports of all devices. Where whole is set, the devices
// themselves are among them, DEV means all of its ports, and DEV/- what is of none.
func nextPorts(c *cli.Command, whole bool) ([]port, error) {
	all, err := devices(c)
	if err != nil {
		return nil, err
	}
	first := uint32(1)
	if whole {
		first = 0
	}
	var ports []port
	if !c.More() {
		for _, d := range all {
			ports = append(ports, d.from(first)...)
		}
		return ports, nil
	}
	word, err := c.Next()
	if err != nil {
		return nil, err
	}
	name, number, slash := strings.Cut(word, "/")
	for _, d := range all {
		switch {
		case d.name != name:
		case whole && number == "": // DEV and DEV/
			return d.from(first), nil
		case whole && slash && strings.HasPrefix(number, "-"):
			return []port{{d, 0}}, nil
		default:
			n, err := strconv.ParseUint(number, 10, 32)
			if err == nil && n != 0 && uint32(n) <= d.ports {
				return []port{{d, uint32(n)}}, nil
			}
		}
	}
	return nil, failed("Wrong device name")
}

// from are the ports from a number on.
func (d device) from(first uint32) (all []port) {
	for n := first; n <= d.ports; n++ {
		all = append(all, port{d, n})
	}
	return all
}

// onlyPorts leaves the devices themselves out.
func onlyPorts(all []port) (ports []port) {
	for _, p := range all {
		if p.number != 0 {
			ports = append(ports, p)
		}
	}
	return ports
}
