package unix

//sys	statx(dirfd int, path *byte, flags int, mask int, stat *Statx_t) (err error)
