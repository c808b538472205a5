//go:build unix && !linux

package unix

// Accept is accept(2).
func Accept(fd int) (nfd int, sa Sockaddr, err error) {
	var rsa RawSockaddrAny
	size := uint32(SizeofSockaddrAny)
	nfd, err = accept(fd, &rsa, &size)
	return accepted(nfd, &rsa, size, err)
}

// accepted returns a new connection and its peer's address.
func accepted(fd int, rsa *RawSockaddrAny, size uint32, err error) (int, Sockaddr, error) {
	if err != nil {
		return -1, nil, err
	}
	if size == 0 { // the peer went away before; Darwin hands such a connection out
		_ = Close(fd)
		return -1, nil, ECONNABORTED
	}
	sa, err := decodeAny(fd, rsa)
	if err != nil {
		_ = Close(fd)
		return -1, nil, err
	}
	return fd, sa, nil
}
