"""Every partnership with its plan and annual reports of one period."""
