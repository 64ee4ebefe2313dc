"""The one junction of policy, files and Git: reads environments, decides what is believed, writes all or nothing."""
