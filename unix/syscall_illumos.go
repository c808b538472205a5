package unix

//sys	accept4(s int, rsa *RawSockaddrAny, addrlen *uint32, flags int) (fd int, err error) = libsocket.accept4
