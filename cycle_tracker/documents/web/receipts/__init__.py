"""What Scottish Government is to receive, and where officials record that it came."""
