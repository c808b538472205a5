package vdpa

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func devUsage() string {
	return `
dev show [ DEV ]
dev add name NAME mgmtdev [ BUS/ ]NAME [ device_features HEX ] [ mac ADDRESS ] [ mtu MTU ] [ max_vqp PAIRS ]
dev set name NAME mac ADDRESS
dev del DEV
dev config show [ DEV ]
dev vstats show DEV qidx INDEX
`
}

func runDev(c *cli.Command) error {
	switch {
	case !c.More() || c.TakeAbbr("show", "list"):
		return showDevs(c)
	case c.HelpAsked():
		return help(devUsage)
	case c.TakeAbbr("add"):
		return change(c, uapi.VDPA_CMD_DEV_NEW, []option{mgmtdevOption, nameOption, macOption, mtuOption, maxVQPOption,
			featuresOption}, needMgmtdev, needName)
	case c.TakeAbbr("del"):
		r, err := aboutDev(c, uapi.VDPA_CMD_DEV_DEL)
		if err == nil {
			err = nextOptions(c, r, nil)
		}
		if err != nil {
			return err
		}
		return c.Exec(r)
	case c.TakeAbbr("config"):
		return runConfig(c)
	case c.Take("vstats"):
		return runVstats(c)
	case c.Take("set"):
		return change(c, uapi.VDPA_CMD_DEV_ATTR_SET, []option{nameOption, macOption}, needName)
	}
	return notFound(c)
}

// change makes or changes a device by options.
func change(c *cli.Command, cmd uint8, table []option, required ...string) error {
	r, err := request(c, cmd)
	if err == nil {
		err = nextOptions(c, r, table, required...)
	}
	if err != nil {
		return err
	}
	return c.Exec(r)
}

// aboutDev begins a request about the device whose name follows.
func aboutDev(c *cli.Command, cmd uint8) (*wire.Request, error) {
	r, err := request(c, cmd)
	if err != nil {
		return nil, err
	}
	name, err := nextName(c)
	r.String(uapi.VDPA_ATTR_DEV_NAME, name)
	return r, err
}

// devsAsked begins a request about the device that is named, or all.
func devsAsked(c *cli.Command, cmd uint8) (r *wire.Request, list bool, err error) {
	if !c.More() {
		r, err = request(c, cmd)
		return r, true, err
	}
	if r, err = aboutDev(c, cmd); err == nil {
		err = nextOptions(c, r, nil)
	}
	return r, false, err
}

func showDevs(c *cli.Command) error {
	r, list, err := devsAsked(c, uapi.VDPA_CMD_DEV_GET)
	if err != nil {
		return err
	}
	return showAll(c, "dev", r, list, showDev)
}

func showDev(p *desc.Printer, m wire.Message) {
	a := cli.GenlAttrs(m)
	if !begin(p, cli.Text(a[uapi.VDPA_ATTR_DEV_NAME])) {
		return
	}
	p.Str("type", "type %s", typeName(cli.Number32(a[uapi.VDPA_ATTR_DEV_ID])))
	p.Str("mgmtdev", " mgmtdev %s", handleOf(a).String())
	if b := a[uapi.VDPA_ATTR_DEV_VENDOR_ID]; b != nil {
		p.Uint("vendor_id", " vendor_id %d", uint64(cli.Number32(b)))
	}
	if b := a[uapi.VDPA_ATTR_DEV_MAX_VQS]; b != nil {
		p.Uint("max_vqs", " max_vqs %d", uint64(cli.Number32(b)))
	}
	if b := a[uapi.VDPA_ATTR_DEV_MAX_VQ_SIZE]; b != nil {
		p.Uint("max_vq_size", " max_vq_size %d", uint64(cli.Number16(b)))
	}
	end(p)
}

func typeName(id uint32) string {
	switch id {
	case uapi.VIRTIO_ID_NET:
		return "network"
	case uapi.VIRTIO_ID_BLOCK:
		return "block"
	}
	return "<unknown type>"
}

func configUsage() string { return "\ndev config show [ DEV ]\n" }

func runConfig(c *cli.Command) error {
	switch {
	case c.HelpAsked():
		return help(configUsage)
	case c.More() && !c.TakeAbbr("show"):
		return notFound(c)
	}
	r, list, err := devsAsked(c, uapi.VDPA_CMD_DEV_CONFIG_GET)
	if err != nil {
		return err
	}
	return showAll(c, "config", r, list, showConfig)
}

// showConfig shows what a device tells its driver, of network devices. Two keys of JSON end in a space with vdpa.
func showConfig(p *desc.Printer, m wire.Message) {
	a := cli.GenlAttrs(m)
	if !begin(p, cli.Text(a[uapi.VDPA_ATTR_DEV_NAME])) {
		return
	}
	defer end(p)
	if cli.Number32(a[uapi.VDPA_ATTR_DEV_ID]) != uapi.VIRTIO_ID_NET {
		return
	}
	if b := a[uapi.VDPA_ATTR_DEV_NET_CFG_MACADDR]; b != nil {
		p.Str("mac", "mac %s ", cli.LLAddrText(b, 0))
	}
	if b := a[uapi.VDPA_ATTR_DEV_NET_STATUS]; b != nil {
		link, announce := "down", "false"
		if cli.Number16(b)&uapi.VIRTIO_NET_S_LINK_UP != 0 {
			link = "up"
		}
		if cli.Number16(b)&uapi.VIRTIO_NET_S_ANNOUNCE != 0 {
			announce = "true"
		}
		p.Str("link ", "link %s ", link)
		p.Text("link_announce %s ", announce)
		if p.JSON {
			p.Bool("link_announce ", "", announce == "true")
		}
	}
	if b := a[uapi.VDPA_ATTR_DEV_NET_CFG_MAX_VQP]; b != nil {
		p.Uint("max_vq_pairs", "max_vq_pairs %d ", uint64(cli.Number16(b)))
	}
	if b := a[uapi.VDPA_ATTR_DEV_NET_CFG_MTU]; b != nil {
		p.Uint("mtu", "mtu %d ", uint64(cli.Number16(b)))
	}
	if b := a[uapi.VDPA_ATTR_DEV_NEGOTIATED_FEATURES]; b != nil {
		showFeatures(p, "negotiated_features", cli.Number64(b), uapi.VIRTIO_ID_NET)
	}
}

func vstatsUsage() string { return "\ndev vstats show DEV qidx INDEX\n" }

func runVstats(c *cli.Command) error {
	switch {
	case !c.More():
		return wrongWords(vstatsUsage)
	case c.Take("help"):
		return help(vstatsUsage)
	case !c.Take("show"):
		return notFound(c)
	case len(c.Rest) != 1 && len(c.Rest) != 3:
		return wrongWords(vstatsUsage)
	}
	r, err := aboutDev(c, uapi.VDPA_CMD_DEV_VSTATS_GET)
	if err == nil {
		err = nextOptions(c, r, []option{queueOption})
	}
	if err != nil {
		return err
	}
	return showAll(c, "vstats", r, false, showVstats)
}

// showVstats shows the counters of a queue, of network devices. Which queue it is, is told by what comes before: the
// one that controls is behind the pairs of others.
func showVstats(p *desc.Printer, m wire.Message) {
	a := cli.GenlAttrs(m)
	if !begin(p, cli.Text(a[uapi.VDPA_ATTR_DEV_NAME])) {
		return
	}
	defer end(p)
	if cli.Number32(a[uapi.VDPA_ATTR_DEV_ID]) != uapi.VIRTIO_ID_NET {
		return
	}
	pairs, features, key := uint32(0), uint64(0), ""
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofGenlmsghdr)
	for d.Next() {
		switch d.Type() {
		case uapi.VDPA_ATTR_DEV_NET_CFG_MAX_VQP:
			pairs = uint32(d.Uint16())
		case uapi.VDPA_ATTR_DEV_NEGOTIATED_FEATURES:
			features = d.Uint64()
		case uapi.VDPA_ATTR_DEV_QUEUE_INDEX:
			queue, typ := d.Uint32(), "rx"
			switch {
			case features&(1<<uapi.VIRTIO_NET_F_CTRL_VQ) != 0 && queue == 2*pairs:
				typ = "control_vq"
			case queue%2 != 0:
				typ = "tx"
			}
			p.Str("queue_type", "queue_type %s ", typ)
		case uapi.VDPA_ATTR_DEV_VENDOR_ATTR_NAME:
			key = d.String()
		case uapi.VDPA_ATTR_DEV_VENDOR_ATTR_VALUE:
			if n := d.Uint64(); key != "" {
				p.Text("%s ", key)
				p.Uint(key, "%d ", n)
			}
		}
	}
}
