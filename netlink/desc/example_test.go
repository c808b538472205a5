package desc_test

import (
	"fmt"
	"log"
	"strings"

	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// The words of a command become attributes, and attributes become the text that ip shows.
func Example() {
	vlan := netlink.DescribeLink("vlan")
	in := &desc.Args{Rest: strings.Fields("id 7 gvrp on")}
	var e wire.Encoder
	if err := desc.Read(in, vlan, &e); err != nil {
		log.Fatal(err)
	}
	p := &desc.Printer{Names: &desc.Names{}}
	p.Reset()
	desc.Show(p, vlan, e.Bytes())
	fmt.Println(string(p.Bytes()))
	// Output: id 7 <GVRP>
}
