"""From labelled rows to a model folder. Needs the extra `train`; imports torch and Lightning."""
