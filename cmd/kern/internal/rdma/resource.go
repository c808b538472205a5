package rdma

import (
	"slices"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func resourceUsage() string {
	return `
resource show [ DEV ]
resource show { qp | cm_id } [ link DEV/PORT ] [ FILTER VALUE ]...
resource show { cq | pd | mr | ctx | srq | frmr_pools } [ dev DEV ] [ FILTER VALUE ]...
resource set frmr_pools dev DEV aging SECONDS
resource set frmr_pools dev DEV pinned POOL_KEY HANDLES
`
}

func runResource(c *cli.Command) error {
	return choose(c, "resource command", verb{"show", showResource}, verb{"set", setResource},
		verb{"list", showResource}, verb{"help", help(resourceUsage)})
}

// resource is a sort of objects that a device has.
type resource struct {
	word    string
	ports   bool     // they are of ports, or of none
	filters []string // what lists may be filtered by, in the order in which abbreviations are looked up
	get     uint16   // the command that asks for them
	raw     uint16   // the one that asks for their bytes; 0: there is none
	table   uint16   // the attribute that they are in
	id      uint16   // the attribute that identifies one; 0: one alone cannot be asked for
	counted uint32   // what counters are asked for; 0: none
	unnest  uint16   // an attribute that has further ones in it
	fields  []field
}

// resources is a function so that no table is made where none is shown.
func resources() []*resource {
	return []*resource{&queuePairs, &cmIDs, &completionQueues, &memoryRegions, &protectionDomains, &contexts,
		&sharedQueues, &registrationPools}
}

func showResource(c *cli.Command) error {
	if len(c.Rest) == 1 { // a device may stand where else a sort of objects does
		all, err := devices(c)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(all, func(d device) bool { return d.name == c.Peek() }); i >= 0 {
			return c.Array(func() error { return showSummary(c, all[i]) })
		}
	}
	verbs := []verb{{"", showSummaries}}
	for _, r := range resources() {
		verbs = append(verbs, verb{r.word, r.list})
	}
	return choose(c, "parameter", verbs...)
}

func showSummaries(c *cli.Command) error {
	return c.Array(func() error {
		all, err := devices(c)
		for i := 0; i < len(all) && err == nil; i++ {
			err = showSummary(c, all[i])
		}
		return err
	})
}

// showSummary shows how many objects of each sort a device has, and may have.
func showSummary(c *cli.Command, d device) error {
	m, err := c.Get(details(c, about(uapi.RDMA_NLDEV_CMD_RES_GET, d)))
	if err != nil {
		return err
	}
	a, p := desc.ParseAttrs(m.Data), c.Out
	p.Object("")
	p.Uint("ifindex", "%d: ", cli.Number(a[uapi.RDMA_NLDEV_ATTR_DEV_INDEX]))
	p.Str("ifname", "%s: ", cli.Text(a[uapi.RDMA_NLDEV_ATTR_DEV_NAME]))
	for e := range nests(a[uapi.RDMA_NLDEV_ATTR_RES_SUMMARY]) {
		key := cli.Text(e[uapi.RDMA_NLDEV_ATTR_RES_SUMMARY_ENTRY_NAME])
		if key == "" {
			continue
		}
		p.Text("%s ", key)
		p.Uint(key, "%d", cli.Number(e[uapi.RDMA_NLDEV_ATTR_RES_SUMMARY_ENTRY_CURR]))
		if b := e[uapi.RDMA_NLDEV_ATTR_RES_SUMMARY_ENTRY_MAX]; b != nil {
			p.Uint(key+"-max", "/%d", cli.Number(b))
		}
		p.Text(" ")
	}
	endLine(p)
	return nil
}

// details has the kernel's answer hold what drivers tell, with -dd.
func details(c *cli.Command, r *wire.Request) *wire.Request {
	r.Uint8(uapi.RDMA_NLDEV_ATTR_DRIVER_DETAILS, number8(c.DriverDetails))
	return r
}

// nests gives the attributes in each nest of b.
func nests(b []byte) func(yield func(desc.Attrs) bool) {
	return func(yield func(desc.Attrs) bool) {
		d := wire.NewDecoder(b)
		for d.Next() {
			if !yield(desc.ParseAttrs(d.Data())) {
				return
			}
		}
	}
}

// lister shows the objects of one sort that are wanted.
type lister struct {
	*cli.Command
	*resource
	wanted filters
}

// list shows the objects. Of which device or port is a filter among the others.
func (r *resource) list(c *cli.Command) error {
	wanted, err := nextFilters(c, r.filters, r.numeric)
	if err != nil {
		return err
	}
	l := &lister{c, r, wanted}
	where := wanted.find("dev")
	if where == nil {
		where = wanted.find("link")
	}
	return c.Array(func() error {
		if where != nil {
			c.Rest = []string{where.value}
		}
		if r.ports {
			all, err := nextPorts(c, true)
			for i := 0; i < len(all) && err == nil; i++ {
				err = l.of(all[i])
			}
			return err
		}
		all, err := nextDevices(c)
		for i := 0; i < len(all) && err == nil; i++ {
			err = l.of(port{device: all[i]})
		}
		return err
	})
}

// of shows those of a port. One that a filter identifies is asked for alone, if the kernel knows that.
func (l *lister) of(p port) error {
	cmd, raw := l.get, false
	if l.Raw && l.resource.raw != 0 {
		cmd, raw = l.resource.raw, true
	}
	if id, ok := l.one(); ok {
		r := p.about(cmd)
		r.Uint32(l.id, id)
		m, err := l.Get(l.ask(r))
		switch {
		case err == nil:
			l.show(p, desc.ParseAttrs(m.Data), raw)
			return nil
		case raw:
			return errWords
		}
	}
	return l.Dump(l.ask(p.about(cmd)), func(m wire.Message) error {
		for a := range nests(desc.ParseAttrs(m.Data)[l.table]) {
			l.show(p, a, raw)
		}
		return l.Spill()
	})
}

// ask adds what all requests for objects have.
func (l *lister) ask(r *wire.Request) *wire.Request {
	if details(l.Command, r); l.counted != 0 {
		r.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_RES, l.counted)
	}
	return r
}

// one is the object that a filter identifies.
func (l *lister) one() (uint32, bool) {
	for i := range l.fields {
		if f := &l.fields[i]; f.attr == l.id && l.id != 0 {
			if w := l.wanted.find(f.key); w != nil {
				return w.one()
			}
		}
	}
	return 0, false
}

// show shows an object, if it is wanted.
func (l *lister) show(at port, a desc.Attrs, raw bool) {
	if l.ports {
		if n := uint32(cli.Number(a[uapi.RDMA_NLDEV_ATTR_PORT_INDEX])); n != at.number && !raw {
			return
		}
	}
	for typ, b := range desc.ParseAttrs(a[l.unnest]) {
		a[typ] = b
	}
	p := l.Out
	if !raw && !l.wants(a) || raw && a[uapi.RDMA_NLDEV_ATTR_RES_RAW] == nil {
		return
	}
	p.Object("")
	if l.ports {
		showPort(p, at.device, a)
	} else {
		showDevice(p, at.device)
	}
	if raw {
		showRaw(p, a[uapi.RDMA_NLDEV_ATTR_RES_RAW])
	} else {
		for i := range l.fields {
			if f := &l.fields[i]; f.form.show != nil && (p.Details || !f.detail) {
				f.form.show(l, f, a)
			}
		}
		if b := a[uapi.RDMA_NLDEV_ATTR_DRIVER]; b != nil && l.DriverDetails {
			showDriver(p, b)
		}
	}
	endLine(p)
}

// wants reports whether an object passes the filters.
func (l *lister) wants(a desc.Attrs) bool {
	for i := range l.fields {
		f := &l.fields[i]
		w := l.wanted.find(f.key)
		switch {
		case w == nil:
		case a[f.attr] == nil:
			return false
		case f.form.has != nil && !f.form.has(w, f, a[f.attr]):
			return false
		}
	}
	return true
}

// numeric reports whether a filter has numbers.
func (r *resource) numeric(name string) bool {
	for i := range r.fields {
		if r.fields[i].key == name {
			return r.fields[i].form.numeric
		}
	}
	return false
}

// setResource changes the pools of memory registrations of a device.
func setResource(c *cli.Command) error {
	return choose(c, "resource set command", verb{"", help(resourceUsage)},
		verb{"frmr_pools", func(c *cli.Command) error {
			for c.More() && !take(c, "dev", "link") {
				c.Rest = c.Rest[1:]
			}
			d, err := nextDevice(c)
			if err != nil {
				return err
			}
			r := about(uapi.RDMA_NLDEV_CMD_FRMR_POOLS_SET, d)
			return choose(c, "resource set frmr_pools command", verb{"help", help(resourceUsage)},
				verb{"aging", func(c *cli.Command) error {
					if !c.More() {
						return failed("Please provide aging period value.")
					}
					period, err := desc.ParseUint(c.Peek(), 32)
					switch {
					case err != nil:
						return failed("Invalid aging period value: %s", c.Peek())
					case period == 0:
						return failed("Setting the aging period to zero is not supported.")
					}
					r.Uint32(uapi.RDMA_NLDEV_ATTR_FRMR_POOLS_AGING_PERIOD, uint32(period))
					return c.Exec(r)
				}},
				verb{"pinned", func(c *cli.Command) error { return pin(c, r) }})
		}})
}

// pin says how many handles a pool keeps.
func pin(c *cli.Command, r *wire.Request) error {
	if !c.More() {
		return failed("Please provide pool key and pinned value.")
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	key, err := parsePoolKey(word)
	if err != nil {
		return err
	}
	if !c.More() {
		return failed("Please provide pinned value.")
	}
	handles, err := desc.ParseUint(c.Peek(), 32)
	if err != nil {
		return failed("Invalid pinned value: %s", c.Peek())
	}
	r.Uint32(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_PINNED_HANDLES, uint32(handles))
	r.Nest(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY | uapi.NLA_F_NESTED)
	r.Uint8(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ATS, uint8(key[3]))
	r.Uint32(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ACCESS_FLAGS, uint32(key[2]))
	r.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_VENDOR_KEY, key[0])
	r.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_NUM_DMA_BLOCKS, key[1])
	r.End()
	return c.Exec(r)
}

// poolKeyBits are how long the parts of a pool's key are: key of the vendor, blocks, access flags, address
// translation.
var poolKeyBits = [4]int{64, 64, 32, 1}

// parsePoolKey reads the key of a pool as lists show it: hexadecimal numbers with colons between.
func parsePoolKey(word string) (key [len(poolKeyBits)]uint64, err error) {
	for i, part := range strings.Split(word, ":") {
		n, err := desc.ParseHex(part, 64)
		switch {
		case err != nil && (part != "" || i < len(key)):
			return key, failed("Invalid pool key: %s", word)
		case i >= len(key) && n != 0:
			return key, failed("Unsupported pool attributes passed in pool key")
		case i >= len(key):
		case poolKeyBits[i] < 64 && n>>poolKeyBits[i] != 0:
			return key, failed("Pool key field at index %d value out of range", i)
		default:
			key[i] = n
		}
	}
	if strings.Count(word, ":") < len(key)-1 {
		return key, failed("Invalid pool key: %s, expected 4 fields", word)
	}
	return key, nil
}
