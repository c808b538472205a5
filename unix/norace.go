//go:build unix && !race

package unix

// raceEnabled: nobody watches, and what asks for it is compiled away.
const raceEnabled = false

func raceAcquire()           {}
func raceReleaseMerge()      {}
func raceFilled([]byte, int) {}
func raceTaken([]byte, int)  {}
