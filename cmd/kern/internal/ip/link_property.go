package ip

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// linkProperty is ip link property: alternative names.
func linkProperty(c *cli.Command) error {
	if !c.More() {
		return c.ShowUsage()
	}
	switch {
	case c.TakeAbbr("add"):
		return changeAltNames(c, uapi.RTM_NEWLINKPROP, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL|uapi.NLM_F_APPEND)
	case c.TakeAbbr("delete"):
		return changeAltNames(c, uapi.RTM_DELLINKPROP, 0)
	case c.HelpAsked():
		return c.ShowUsage()
	}
	return cli.Exit(cli.StatusUsage, "Operator required")
}

func changeAltNames(c *cli.Command, typ, flags uint16) error {
	var dev choice[string]
	var names []string
	for c.More() {
		word, err := c.Next()
		if err != nil {
			return err
		}
		switch {
		case word == "altname":
			if word, err = c.Next(); err != nil {
				return err
			}
			if !validAltName(word) {
				return desc.Wrong(word, "not a valid altname")
			}
			names = append(names, word)
			continue
		case word == "dev":
			if word, err = c.Next(); err != nil {
				return err
			}
		case word != "" && strings.HasPrefix("help", word):
			return c.ShowUsage()
		}
		if dev.given {
			return cli.Garbage("dev", word)
		}
		if !validAltName(word) {
			return desc.Wrong(word, "\"dev\" not a valid ifname")
		}
		dev.set(word)
	}
	if !dev.given {
		return cli.Exit(cli.StatusUsage, "Not enough of information: \"dev\" argument is required.")
	}
	index, err := c.IndexOf(dev.value)
	if err != nil {
		return err
	}
	r := wire.NewRequest(typ, flags)
	ifi := uapi.Ifinfomsg{Index: int32(index)}
	ifi.Put(r.Header(uapi.SizeofIfinfomsg))
	r.Nest(uapi.IFLA_PROP_LIST | uapi.NLA_F_NESTED)
	for _, name := range names {
		r.String(uapi.IFLA_ALT_IFNAME, name)
	}
	r.End()
	defer c.ForgetLinks()
	return c.Exec(r)
}
