package unix

//sys	accept4(s int, rsa *RawSockaddrAny, addrlen *uint32, flags int) (fd int, err error) = libsocket.accept4

// Zones; see zones(7). Functions without a manual page are those of <zone.h>.

// Getzoneid is getzoneid(3C): the zone of the process, GLOBAL_ZONEID or greater.
//sysnb	Getzoneid() (id int)
// Getzoneidbyname is getzoneidbyname(3C): the id of an active zone, EINVAL if there is none of that name.
//sys	Getzoneidbyname(name string) (id int, err error)
//sys	getzonenamebyid(id int, buf []byte) (n int, err error)
//sys	ucredGetzoneid(ucred uintptr) (id int) = ucred_getzoneid
// ZoneBoot has the kernel start the first process of a zone that is ready.
//sys	ZoneBoot(id int) (err error) = zone_boot
// ZoneDestroy removes a zone that was shut down.
//sys	ZoneDestroy(id int) (err error) = zone_destroy
// ZoneEnter moves the process into a zone, for good.
//sys	ZoneEnter(id int) (err error) = zone_enter
// ZoneGetattr stores an attribute of a zone, ZONE_ATTR_*, and returns how many bytes it has. Texts end with a NUL,
// numbers are in the byte order of the machine.
//sys	ZoneGetattr(id int, attr int, value []byte) (n int, err error) = zone_getattr
//sys	zoneList(ids *int32, n *uint32) (err error) = zone_list
// ZoneSetattr sets an attribute of a zone, ZONE_ATTR_*.
//sys	ZoneSetattr(id int, attr int, value []byte) (err error) = zone_setattr
// ZoneShutdown ends the processes of a zone, and makes it ready to be destroyed.
//sys	ZoneShutdown(id int) (err error) = zone_shutdown
