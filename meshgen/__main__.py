"""`python -m meshgen`."""

from .cli.run import main

raise SystemExit(main())
