package ip

func explainSR() [][2]string {
	return [][2]string{
		{"hmac", "keys that sign the segments of packets"},
		{"tunsrc", "the source address of outer headers; :: lets the kernel choose"},
		{"show, set", "list; change"},
		{"sha1, sha256", "the hash that the key is for; the secret is asked for"},
	}
}

func explainIOAM() [][2]string {
	return [][2]string{
		{"namespace, schema", "what hops write data for; bytes of your own that they write, too"},
		{"show, monitor", "list all; print what hops report"},
		{"add, del", "make one; delete it"},
		{"set", "give a namespace a schema, or none"},
		{"data, wide", "the number of this host in a namespace: 32 and 64 bits"},
	}
}

func explainMPTCP() [][2]string {
	return [][2]string{
		{"endpoint", "addresses of this host that connections may use"},
		{"add, change, delete", "make one; change its flags; delete it"},
		{"show, flush, monitor", "list; delete all; print what happens to connections"},
		{"limits, set", "how many paths a connection may have; change that"},
		{"dev, id, port", "the device that the address is of; the number of the endpoint; a port to listen to"},
		{"signal", "announce the address to the peer"},
		{"subflow", "open a path from the address"},
		{"laminar", "use the address when the peer announces one of its own"},
		{"backup, nobackup", "use the path only when no other works; use it as the others"},
		{"fullmesh, nofullmesh", "open a path to each address of the peer; to one"},
		{"subflows", "how many paths a connection may have beside the first"},
		{"add_addr_accepted", "to how many addresses that a peer announces"},
	}
}

func explainTCPMetrics() [][2]string {
	return [][2]string{
		{"show, list, lst", "list entries, one for each pair of addresses"},
		{"delete, remove", "delete the entries of a peer"},
		{"flush", "delete the entries that are selected, or all"},
		{"address, addr", "the peer's address, or a prefix of addresses"},
		{"source, src", "the address of this host"},
	}
}

func explainMacsec() [][2]string {
	return [][2]string{
		{"add, set, del", "make a channel or association; change it; delete it"},
		{"show", "list devices with their channels and associations"},
		{"offload, phy, mac", "let the hardware do the work: the transceiver, or the network card"},
		{"tx, rx", "what is sent; what comes from one peer"},
		{"sa", "an association: a key with its packet numbers"},
		{"key", "the key's identifier and the key, in hexadecimal"},
		{"pn, xpn", "the next packet number, of 32 bits; of 64 bits"},
		{"salt, ssci", "with extended packet numbers: the salt, and the short identifier of the channel"},
		{"sci", "the identifier of the peer's channel"},
		{"port, address", "the two parts of that identifier"},
	}
}
