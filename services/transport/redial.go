package transport

import (
	"context"
	"time"
)

// Redialling: the pause doubles from retryFirst to retryMost; after RetryFor the peer is given up.
const (
	retryFirst = 100 * time.Millisecond
	retryMost  = 2 * time.Second
	RetryFor   = 60 * time.Second
)

// Redial tries until it works, again says that an error is not worth another try, RetryFor has passed or ctx is done. It
// returns the last error.
func Redial(ctx context.Context, try func() error, again func(error) bool) error {
	giveUp := time.NewTimer(RetryFor)
	defer giveUp.Stop()
	for pause := retryFirst; ; pause = min(2*pause, retryMost) {
		err := try()
		if err == nil || !again(err) {
			return err
		}
		wait := time.NewTimer(pause)
		select {
		case <-wait.C:
		case <-giveUp.C:
			wait.Stop()
			return err
		case <-ctx.Done():
			wait.Stop()
			return err
		}
	}
}
