"""The staff's inbox: approve and deny, with reasons."""
