//go:build !race

package sup_test

const raceDetector = false
