package unix

// Unix returns tv as seconds and nanoseconds.
func (tv *Timeval) Unix() (sec int64, nsec int64) { return int64(tv.Sec), int64(tv.Usec) * 1000 }

// Nano returns tv in nanoseconds.
func (tv *Timeval) Nano() int64 { return int64(tv.Sec)*1e9 + int64(tv.Usec)*1000 }
