package vdpa

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func mgmtdevUsage() string { return "\nmgmtdev show [ BUS/NAME ]\n" }

func runMgmtdev(c *cli.Command) error {
	switch {
	case !c.More() || c.HelpAsked():
		return help(mgmtdevUsage)
	case !c.TakeAbbr("show", "list"):
		return notFound(c)
	}
	r, err := request(c, uapi.VDPA_CMD_MGMTDEV_GET)
	if err != nil {
		return err
	}
	list := !c.More()
	if !list {
		h, err := nextHandle(c)
		if err == nil {
			err = nextOptions(c, r, nil)
		}
		if err != nil {
			return err
		}
		h.put(r)
	}
	return showAll(c, "mgmtdev", r, list, showMgmtdev)
}

func showMgmtdev(p *desc.Printer, m wire.Message) {
	a := cli.GenlAttrs(m)
	if !begin(p, handleOf(a).String()) {
		return
	}
	classes := cli.Number64(a[uapi.VDPA_ATTR_MGMTDEV_SUPPORTED_CLASSES])
	if a[uapi.VDPA_ATTR_MGMTDEV_SUPPORTED_CLASSES] != nil {
		beginWords(p, "supported_classes")
		for i := 1; i < 64; i++ { // the first bit is of no class
			if classes&(1<<i) != 0 {
				p.Str("", " %s", className(i))
			}
		}
		p.EndArray()
	}
	if b := a[uapi.VDPA_ATTR_DEV_MGMTDEV_MAX_VQS]; b != nil {
		p.NL()
		p.Uint("max_supported_vqs", "  max_supported_vqs %d", uint64(cli.Number32(b)))
	}
	if b := a[uapi.VDPA_ATTR_DEV_SUPPORTED_FEATURES]; b != nil {
		id := uint32(0)
		if classes&(1<<uapi.VIRTIO_ID_NET) != 0 {
			id = uapi.VIRTIO_ID_NET
		}
		showFeatures(p, "dev_features", cli.Number64(b), id)
	}
	end(p)
}

// beginWords begins a line of words.
func beginWords(p *desc.Printer, key string) {
	p.NL()
	p.Text("  %s", key)
	p.Array(key)
}

// className is that of a class of virtio's devices.
func className(id int) string {
	switch id {
	case uapi.VIRTIO_ID_NET:
		return "net"
	case uapi.VIRTIO_ID_BLOCK:
		return "block"
	}
	return "< unknown class >"
}
